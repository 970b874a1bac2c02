# The forward pass of io.afterimage.model.ConvolutionalAutoencoder in TorchScript's own text form, for serving: batch
# normalisation is folded into the convolutions, weights are in oneDNN's layout, activations are fused into convolutions.
# It holds no weights: `pack` turns a network's parameters into tensors that `forward` takes beside the pictures.
# PackedAutoencoder.java wraps this text into an archive that the engine loads.
class PackedAutoencoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def fold(self: __torch__.PackedAutoencoder,
    weight: Tensor,
    gamma: Tensor,
    beta: Tensor,
    mean: Tensor,
    variance: Tensor) -> Tuple[Tensor, Tensor]:
    scale = torch.div(gamma, torch.sqrt(torch.add(variance, 1.0000000000000001e-05)))
    folded = torch.mul(weight, torch.reshape(scale, [-1, 1, 1, 1]))
    return (folded, torch.sub(beta, torch.mul(mean, scale)))
  def reorder(self: __torch__.PackedAutoencoder,
    weight: Tensor,
    stride: int) -> Tensor:
    return ops.mkldnn._reorder_convolution_weight(weight, [1, 1], [stride, stride], [1, 1], 1, None)
  def convolve(self: __torch__.PackedAutoencoder,
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    stride: int) -> Tensor:
    slope = annotate(List[Optional[number]], [0.10000000000000001])
    return ops.mkldnn._convolution_pointwise(x, weight, bias, [1, 1], [stride, stride], [1, 1], 1, "leaky_relu", slope, None)
  # A matrix product adds up in another order when it has few rows: with at least 32, a row does not depend on the others.
  def linear(self: __torch__.PackedAutoencoder,
    x: Tensor,
    weight: Tensor,
    bias: Tensor) -> Tensor:
    n = torch.size(x, 0)
    missing = torch.sub(32, n)
    if torch.gt(missing, 0):
      y = torch.slice(torch.linear(torch.constant_pad_nd(x, [0, 0, 0, missing]), weight, bias), 0, 0, n)
    else:
      y = torch.linear(x, weight, bias)
    return y
  # Bottom: rows and columns of the third feature map, as a tensor of that shape.
  def pack(self: __torch__.PackedAutoencoder,
    w1: Tensor, g1: Tensor, h1: Tensor, m1: Tensor, v1: Tensor,
    w2: Tensor, g2: Tensor, h2: Tensor, m2: Tensor, v2: Tensor,
    w3: Tensor, g3: Tensor, h3: Tensor, m3: Tensor, v3: Tensor,
    lw: Tensor, lb: Tensor,
    ew: Tensor, eb: Tensor,
    w4: Tensor, g4: Tensor, h4: Tensor, m4: Tensor, v4: Tensor,
    w5: Tensor, g5: Tensor, h5: Tensor, m5: Tensor, v5: Tensor,
    w6: Tensor, b6: Tensor,
    bottom: Tensor) -> List[Tensor]:
    w1, b1 = (self).fold(w1, g1, h1, m1, v1, )
    w2, b2 = (self).fold(w2, g2, h2, m2, v2, )
    w3, b3 = (self).fold(w3, g3, h3, m3, v3, )
    w4, b4 = (self).fold(w4, g4, h4, m4, v4, )
    w5, b5 = (self).fold(w5, g5, h5, m5, v5, )
    rows = torch.size(bottom, 0)
    columns = torch.size(bottom, 1)
    channels = torch.size(w3, 0)
    latent = torch.size(lw, 0)
    # The maps have their channels last: the linear layers take and give them in that order.
    lw = torch.reshape(torch.permute(torch.reshape(lw, [latent, channels, rows, columns]), [0, 2, 3, 1]), [latent, -1])
    ew = torch.reshape(torch.permute(torch.reshape(ew, [channels, rows, columns, latent]), [1, 2, 0, 3]), [-1, latent])
    eb = torch.reshape(torch.permute(torch.reshape(eb, [channels, rows, columns]), [1, 2, 0]), [-1])
    return [(self).reorder(w1, 2, ), b1, (self).reorder(w2, 2, ), b2, (self).reorder(w3, 2, ), b3, torch.contiguous(lw), torch.clone(lb), torch.contiguous(ew), torch.contiguous(eb), (self).reorder(w4, 1, ), b4, (self).reorder(w5, 1, ), b5, (self).reorder(w6, 1, ), torch.clone(b6)]
  def forward(self: __torch__.PackedAutoencoder,
    x: Tensor,
    w1: Tensor, b1: Tensor,
    w2: Tensor, b2: Tensor,
    w3: Tensor, b3: Tensor,
    lw: Tensor, lb: Tensor,
    ew: Tensor, eb: Tensor,
    w4: Tensor, b4: Tensor,
    w5: Tensor, b5: Tensor,
    w6: Tensor, b6: Tensor) -> List[Tensor]:
    first = (self).convolve(x, w1, b1, 2, )
    second = (self).convolve(first, w2, b2, 2, )
    third = (self).convolve(second, w3, b3, 2, )
    n = torch.size(x, 0)
    latent = (self).linear(torch.reshape(torch.permute(third, [0, 2, 3, 1]), [n, -1]), lw, lb, )
    expanded = torch.leaky_relu((self).linear(latent, ew, eb, ), 0.10000000000000001)
    maps = torch.reshape(expanded, [n, torch.size(third, 2), torch.size(third, 3), -1])
    y = (self).convolve(torch.permute(maps, [0, 3, 1, 2]), w4, b4, 1, )
    y = torch.upsample_nearest2d(y, [torch.size(second, 2), torch.size(second, 3)], None, None)
    y = (self).convolve(y, w5, b5, 1, )
    y = torch.upsample_nearest2d(y, [torch.size(first, 2), torch.size(first, 3)], None, None)
    nothing = annotate(List[Optional[number]], [])
    y = ops.mkldnn._convolution_pointwise(y, w6, b6, [1, 1], [1, 1], [1, 1], 1, "sigmoid", nothing, None)
    picture = torch.pixel_shuffle(y, 2)
    cropped = torch.slice(torch.slice(picture, 2, 0, torch.size(x, 2)), 3, 0, torch.size(x, 3))
    return [torch.contiguous(cropped), latent, torch.contiguous(third)]
