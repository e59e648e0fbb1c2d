"""How two threads tell each other a number without sleep, and without Python's lock."""

import os
import platform

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

PC = platform.machine() in ("x86_64", "AMD64")


def first(context, builder, signature, args):
    """The address of count[0]."""
    return context.make_array(signature.args[0])(context, builder, args[0]).data


@intrinsic
def get(typing, count):
    """count[0] as the other thread has left it by now, with all that it wrote before."""

    def emit(*call):
        builder = call[1]
        return builder.load_atomic(first(*call), "acquire", align=8)

    return types.int64(count), emit


@intrinsic
def put(typing, count, n):
    """count[0] = n, after all that this thread wrote before."""

    def emit(context, builder, signature, args):
        builder.store_atomic(args[1], first(context, builder, signature, args), "release", align=8)
        return context.get_dummy_value()

    return types.none(count, types.int64), emit


@intrinsic
def pause(typing):
    """Some cycles in which the core's other thread may work."""

    def emit(context, builder, signature, args):
        if PC:
            function = ir.FunctionType(ir.VoidType(), [])
            builder.call(builder.module.declare_intrinsic("llvm.x86.sse2.pause", fnty=function), [])
        return context.get_dummy_value()

    return types.none(), emit


# The system may have put both threads on one core, where one would turn in circles while the other cannot go on: a step
# of a small ResNet then took 240 ms, not 25. So now and then the core is offered to the other.
offer_core = types.ExternalFunction("sched_yield", types.int32()) if hasattr(os, "sched_yield") else njit(lambda: 0)
OFFER = 64  # turns from one offer to the next: 0.2 us of 2


@njit(nogil=True, cache=True)
def exchange(said, n, heard, goal, turns):
    """said[0] = n; then turn in circles until heard[0] is at least goal, but at most so many times."""
    put(said, n)
    for turn in range(turns):
        if get(heard) >= goal:
            return
        pause()
        if turn % OFFER == OFFER - 1:
            offer_core()
