'use strict';

// Denoisers that need no training, in plain JavaScript: the best linear filter, the exact posterior mean of sums of
// two sinusoids (`denoising.theory.posterior`) and the Savitzky-Golay filter.
const denoisers = (() => {
  const HIGHEST_SNR = 600; // length / s^2 up to which one grid serves all signals
  const SPACING = 0.85; // of nodes, in standard deviations of the peak, for an integral
  const SEARCH_SPACING = 1.7; // the same for a search
  const HALF_WIDTH = 7; // of the grid around a peak, in its standard deviations
  const NEWTON_STEPS = 10;
  const MOST_NODES = 400; // around a peak
  const LOWEST = -50; // logarithm of what counts beside the peak

  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

  // The mean of the clean signals, and what is kept of the distance to it along each direction of their covariance.
  function linear({ mean, directions, variances }) {
    const length = mean.length;
    const rows = variances.map((_, i) => directions.subarray(i * length, (i + 1) * length));
    return (rescaled, s) => {
      const rest = rescaled.map((sample, i) => sample - mean[i]);
      const result = Float64Array.from(mean);
      rows.forEach((row, i) => {
        const kept = s === 0 ? 1 : variances[i] / (variances[i] + s * s);
        const along = kept * dot(row, rest);
        for (let at = 0; at < length; at += 1) result[at] += along * row[at];
      });
      return result;
    };
  }

  // Nodes and weights of Gauss-Legendre quadrature on [-1, 1]; the weights add up to 1.
  const rules = new Map();
  function rule(n) {
    if (rules.has(n)) return rules.get(n);
    const nodes = new Float64Array(n);
    const weights = new Float64Array(n);
    for (let i = 0; i < n; i += 1) {
      let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
      let slope = 1;
      for (let step = 0; step < 6; step += 1) {
        let [before, value] = [1, x];
        for (let k = 2; k <= n; k += 1) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
        slope = n === 1 ? 1 : (n * (x * value - before)) / (x * x - 1);
        x -= (n === 1 ? x : value) / slope;
      }
      nodes[n - 1 - i] = x;
      weights[n - 1 - i] = n === 1 ? 1 : 1 / ((1 - x * x) * slope * slope);
    }
    rules.set(n, { nodes, weights });
    return rules.get(n);
  }

  // The nodes between two bounds with the part of a signal that each frequency makes.
  function nodesBetween(low, high, n, part) {
    const { nodes, weights } = rule(n);
    return Array.from(nodes, (node, i) => {
      const frequency = low + ((high - low) * (node + 1)) / 2;
      return { frequency, weight: weights[i], signal: part(frequency) };
    });
  }

  function posterior({ low, high, factor, end }, length) {
    const x = Float64Array.from({ length }, (_, i) => (end * i) / length);
    const sine = (f) => x.map((at) => Math.sin(f * at));
    const cosine = (f) => x.map((at) => Math.cos(factor * f * at));
    const shared = Math.sqrt(length / HIGHEST_SNR); // the least noise that one grid is fine enough for
    const least = Math.ceil(32 + Math.max(factor, 1) * (high - low) * end);
    const grids = new Map();

    // The grid over the whole prior, with the inner products of both parts.
    function grid(spacing) {
      if (!grids.has(spacing)) {
        const width = shared / Math.sqrt((length * end * end) / 6);
        const [n1, n2] = [width, width / factor].map((own) =>
          Math.max(least, Math.ceil(((Math.PI / 2) * (high - low)) / (spacing * own))),
        );
        const [first, second] = [nodesBetween(low, high, n1, sine), nodesBetween(low, high, n2, cosine)];
        const inner = new Float64Array(n1 * n2);
        first.forEach((one, i) => second.forEach((other, j) => {
          inner[i * n2 + j] = product(one.frequency, factor * other.frequency);
        }));
        grids.set(spacing, { first, second, inner });
      }
      return grids.get(spacing);
    }

    // The sum over x of sin(a x) cos(b x), from that of a sine at evenly spaced places.
    function product(a, b) {
      const sum = (f) => {
        const half = (f * end) / length / 2;
        const below = Math.sin(half);
        return Math.abs(below) < 1e-12 ? 0 : (Math.sin(half * length) * Math.sin(half * (length - 1))) / below;
      };
      return (sum(a + b) + sum(a - b)) / 2;
    }

    // How well the nodes in both frequencies fit a signal y: the logarithm of the likelihood, times the variance.
    function fits({ first, second, inner }, y) {
      const terms = [first, second].map((nodes) =>
        Float64Array.from(nodes, ({ signal }) => dot(signal, y) - dot(signal, signal) / 2),
      );
      return (i, j) => terms[0][i] + terms[1][j] - inner[i * second.length + j];
    }

    // The mean of a signal y from nodes in both frequencies.
    function integrate(nodes, y, s) {
      const { first, second } = nodes;
      const n2 = second.length;
      const exponent = fits(nodes, y);
      let most = -Infinity;
      for (let i = 0; i < first.length; i += 1) {
        for (let j = 0; j < n2; j += 1) most = Math.max(most, exponent(i, j));
      }
      const marginals = [new Float64Array(first.length), new Float64Array(n2)];
      let total = 0;
      for (let i = 0; i < first.length; i += 1) {
        for (let j = 0; j < n2; j += 1) {
          const height = (exponent(i, j) - most) / (s * s);
          if (height < LOWEST) continue;
          const share = Math.exp(height) * first[i].weight * second[j].weight;
          marginals[0][i] += share;
          marginals[1][j] += share;
          total += share;
        }
      }
      const mean = new Float64Array(length);
      [first, second].forEach((each, side) => each.forEach(({ signal }, i) => {
        const share = marginals[side][i] / total;
        for (let at = 0; at < length; at += 1) mean[at] += share * signal[at];
      }));
      return mean;
    }

    // The frequencies on the search grid that fit y best.
    function likeliest(y) {
      const nodes = grid(SEARCH_SPACING);
      const fit = fits(nodes, y);
      let [best, found] = [-Infinity, [low, low]];
      nodes.first.forEach((one, i) => nodes.second.forEach((other, j) => {
        if (fit(i, j) > best) [best, found] = [fit(i, j), [one.frequency, other.frequency]];
      }));
      return found;
    }

    // The peak of the likelihood near some frequencies, and its standard deviations.
    function climb(y, s, start) {
      let [f1, f2] = start;
      let [deviations, narrowness] = [[0, 0], 1];
      for (let step = 0; step < NEWTON_STEPS; step += 1) {
        const [one, other] = [sine(f1), cosine(f2)];
        const rest = y.map((sample, i) => sample - one[i] - other[i]);
        const slope1 = x.map((at) => at * Math.cos(f1 * at));
        const slope2 = x.map((at) => -factor * at * Math.sin(factor * f2 * at));
        const [xx, yy, xy] = [dot(slope1, slope1), dot(slope2, slope2), dot(slope1, slope2)];
        const [along1, along2, determinant] = [dot(slope1, rest), dot(slope2, rest), xx * yy - xy * xy];
        f1 += (yy * along1 - xy * along2) / determinant;
        f2 += (xx * along2 - xy * along1) / determinant;
        deviations = [s * Math.sqrt(yy / determinant), s * Math.sqrt(xx / determinant)];
        narrowness = Math.sqrt((xx * yy) / determinant);
      }
      return { peak: [f1, f2], deviations, narrowness };
    }

    const within = (f) => Math.min(Math.max(f, low), high);

    function aroundPeak(y, s) {
      const { peak, deviations, narrowness } = climb(y, s, likeliest(y));
      const centre = peak.map(within);
      const bounds = deviations.map((deviation, i) =>
        [-1, 1].map((side) => within(centre[i] + side * HALF_WIDTH * deviation)),
      );
      const n = Math.min(Math.ceil((Math.PI * HALF_WIDTH * narrowness) / SPACING), MOST_NODES);
      const centres = [sine(centre[0]), cosine(centre[1])];
      const [first, second] = [sine, cosine].map((part, side) =>
        nodesBetween(...bounds[side], n, (f) => part(f).map((sample, i) => sample - centres[side][i])),
      );
      const rest = y.map((sample, i) => sample - centres[0][i] - centres[1][i]);
      const inner = Float64Array.from(first.flatMap((one) => second.map((other) => dot(one.signal, other.signal))));
      const mean = integrate({ first, second, inner }, rest, s);
      return mean.map((sample, i) => sample + centres[0][i] + centres[1][i]);
    }

    // The posterior mean of a signal divided by 1 - alpha, whose noise has a standard deviation of s.
    return (rescaled, s) => {
      const y = Float64Array.from(rescaled);
      if (s === 0) return y;
      if (s < shared) return aroundPeak(y, s);
      const wider = 2 ** Math.floor(Math.log2(Math.min(s / shared, 2 ** 10))); // peaks of stronger noise are
      return integrate(grid(SPACING * wider), y, s);
    };
  }

  // Weights of the polynomial of an order that fits a window best, at each of its places: a row each.
  function smoothers(window, order) {
    const basis = [];
    for (let power = 0; power <= order; power += 1) {
      const column = Float64Array.from({ length: window }, (_, i) => ((2 * i + 1) / window - 1) ** power);
      for (let again = 0; again < 2; again += 1) {
        for (const other of basis) {
          const share = dot(other, column);
          column.forEach((value, i) => { column[i] = value - share * other[i]; });
        }
      }
      const norm = Math.sqrt(dot(column, column));
      basis.push(column.map((value) => value / norm));
    }
    return Array.from({ length: window }, (_, row) =>
      Float64Array.from({ length: window }, (__, i) => basis.reduce((sum, own) => sum + own[row] * own[i], 0)),
    );
  }

  // The middle of the polynomial around each sample; at both ends the polynomial of the last whole window.
  function savitzkyGolay(window, order) {
    const rows = smoothers(window, order);
    const half = (window - 1) / 2;
    return (rescaled) => {
      const signal = Float64Array.from(rescaled);
      const last = signal.length - window;
      return signal.map((_, i) => {
        const start = Math.min(Math.max(i - half, 0), last);
        return dot(rows[i - start], signal.subarray(start, start + window));
      });
    };
  }

  return { linear, posterior, savitzkyGolay };
})();
