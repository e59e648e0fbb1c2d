"""TEMPORARY bootstrap by the lead: the nn helper owns and replaces this file."""
from minitorch.autograd.op import op
from minitorch.promotion import floating
from minitorch.ops.elementwise import where
@op
def relu(input): return input.kernels.relu(input.array), lambda g,y: where(y<=0,0,g)
@op(promote=floating)
def sigmoid(input): return input.kernels.sigmoid(input.array), lambda g,y: g*(y*(1-y))
@op
def softmax(input,*,dim): return input.kernels.softmax(input.array,dim), lambda g,y: y*(g-(g*y).sum(dim,keepdim=True))
@op
def log_softmax(input,*,dim): return input.kernels.log_softmax(input.array,dim), lambda g,y: g-y.exp()*g.sum(dim,keepdim=True)
