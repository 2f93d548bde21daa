'use strict';

// The study's networks in plain JavaScript: what `denoising.networks.autoencoder.Autoencoder` computes when it is
// not trained. A layer's output is an array of 32-bit numbers, channel after channel.
const networks = (() => {
  // The numbers of 32 bits that a text in base64 holds, little-endian as in the file it is from.
  function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  // The same of 16 bits: a sign, five bits of exponent, ten of fraction.
  function unpackHalves(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return Float32Array.from({ length: bytes.length / 2 }, (_, i) => {
      const bits = bytes[2 * i] | (bytes[2 * i + 1] << 8);
      const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
      const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
      return bits & 0x8000 ? -size : size;
    });
  }

  // A convolution: each output sample is the sum of the input samples under the kernel.
  // Weights are ordered by output channel, input channel and place in the kernel, as PyTorch's are.
  function convolve(input, layer) {
    const { inputs, outputs, kernel, stride, padding, length, result, weight, bias } = layer;
    const output = new Float32Array(outputs * result);
    for (let to = 0; to < outputs; to += 1) {
      for (let place = 0; place < result; place += 1) {
        let sum = bias[to];
        for (let from = 0; from < inputs; from += 1) {
          const row = from * length;
          const own = (to * inputs + from) * kernel;
          for (let tap = 0; tap < kernel; tap += 1) {
            const at = place * stride - padding + tap;
            if (at >= 0 && at < length) sum += weight[own + tap] * input[row + at];
          }
        }
        output[to * result + place] = sum;
      }
    }
    return output;
  }

  // A transposed convolution: each input sample adds a kernel to the output.
  // Weights are ordered by input channel, output channel and place in the kernel, as PyTorch's are.
  function spread(input, layer) {
    const { inputs, outputs, kernel, stride, padding, length, result, weight, bias } = layer;
    const output = new Float32Array(outputs * result);
    for (let to = 0; to < outputs; to += 1) {
      const sums = new Float64Array(result).fill(bias[to]);
      for (let from = 0; from < inputs; from += 1) {
        const own = (from * outputs + to) * kernel;
        for (let place = 0; place < length; place += 1) {
          const value = input[from * length + place];
          for (let tap = 0; tap < kernel; tap += 1) {
            const at = place * stride - padding + tap;
            if (at >= 0 && at < result) sums[at] += weight[own + tap] * value;
          }
        }
      }
      output.set(sums, to * result);
    }
    return output;
  }

  // A network that can be run, from its layers as the page holds them; `every` is its weights and biases.
  function network({ layers, numbers, skips, relu, depth, inputGain, outputGain }, every = unpack(numbers)) {
    let next = 0;
    const take = (size) => every.subarray(next, (next += size));
    const whole = layers.map((layer) => ({
      ...layer,
      weight: take(layer.inputs * layer.outputs * layer.kernel),
      bias: take(layer.outputs),
    }));

    // What it makes of a signal, and the numbers in its bottleneck.
    return (signal) => {
      let hidden = Float32Array.from(signal, (sample) => sample * inputGain);
      let latent = hidden;
      const across = []; // the outputs of the encoder that the decoder may add, the innermost last
      whole.forEach((layer, i) => {
        hidden = layer.transposed ? spread(hidden, layer) : convolve(hidden, layer);
        const added = skips && layer.transposed && layer.kind === 'decoder' ? across.pop() : undefined;
        if (added) hidden = hidden.map((value, at) => value + added[at]);
        const isLast = i === whole.length - 1;
        if (relu && !isLast && layer.kind !== 'into') hidden = hidden.map((value) => Math.max(value, 0));
        if (layer.kind === 'encoder' && i < depth - 1) across.push(hidden);
        if (layer.kind === 'encoder' || layer.kind === 'into') latent = hidden;
      });
      return { denoised: hidden.map((sample) => sample * outputGain), latent };
    };
  }

  return { network, unpack, unpackHalves };
})();
