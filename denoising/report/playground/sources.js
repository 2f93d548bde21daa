'use strict';

// Where the signals of a playground come from, and what is particular to them: sums of two waves, or windows of
// recordings. Each source has
//   names: of its sliders; making: those that make the clean signal;
//   hasOwnNoise: whether it can make noise, so that no test signal has to be chosen;
//   clean(state), noisy(state, clean): the signals;
//   size(state), limit(state): what samples of the user's are multiplied by, and the largest one that is drawn;
//   level(state), FAR: the noise level of a state, and how far a network's may be from it;
//   scaling(state, network): what to multiply the noisy signal by before a network, and its output after it;
//   others(noisy, state, filter): what denoisers make of it that are no networks, by the names of their rows;
//   beside(errors, name, state): the error of a row beside another one, in dB; beyond(db), even: this in words;
//   like, foreign: what the user's signals have the size of, and what is said of them.
const sources = (() => {
  const db = (a, b) => 10 * Math.log10(a / b);
  const NO_NOISE = 1e-3; // times the noise, for its level in dB

  // Two waves in white noise: (1 - alpha) clean + alpha n.
  function waves({ length, family, tests, start, linear }) {
    const best = denoisers.linear({
      mean: networks.unpack(linear.mean),
      directions: networks.unpack(linear.directions),
      variances: Array.from(networks.unpack(linear.variances)),
    });
    const exact = denoisers.posterior(family, length);
    const gain = ({ alpha }) => 1 / (1 - alpha);
    const made = ({ f1, f2 }) => signals.waves(f1, f2, family, length);

    // The noise of a test signal, or that of a seed.
    function noise({ test, noise: seed }) {
      const own = tests[test];
      if (!own) return signals.noise(seed, length);
      const clean = made(own);
      return Float64Array.from(networks.unpack(own.noisy), (sample, i) => (sample - (1 - own.alpha) * clean[i]) / own.alpha);
    }

    return {
      names: ['f1', 'f2', 'alpha'],
      making: ['f1', 'f2'],
      hasOwnNoise: true,
      FAR: 0.051,
      clean: (state) => state.samples ?? made(state),
      noisy(state, clean) {
        const added = noise(state);
        return clean.map((sample, i) => (1 - state.alpha) * sample + state.alpha * added[i]);
      },
      size: () => 1,
      limit: () => start.limit,
      level: ({ alpha }) => alpha,
      // Networks see the signal at the size that they were trained with; those of many noise levels, as it is.
      scaling: (state, { blind, level }) => [blind ? 1 : gain(state) * (1 - level), 1],
      others(noisy, state, filter) {
        const rescaled = noisy.map((sample) => sample * gain(state));
        const s = state.alpha * gain(state);
        return {
          ...(filter ? { savitzky_golay: { denoised: filter(rescaled) } } : {}),
          linear_mmse: { denoised: best(rescaled, s) },
          bayes: { denoised: exact(rescaled, s) },
        };
      },
      beside: (errors, name, { samples }) => (samples ? NaN : db(errors[name], errors.bayes)),
      beyond: (above) => (above < 0 ? `by luck ${(-above).toFixed(1)} dB nearer than the exact answer` : `${above.toFixed(1)} dB above the exact answer`),
      even: 'as near as the exact answer',
      like: 'the waves',
      foreign: 'This signal is no sum of two waves: neither the networks nor the exact answer were made for it.',
    };
  }

  // A test window of a recording, its noise made weaker or stronger: clean + times (noisy - clean).
  function windows({ tests }) {
    const unpacked = tests.map(({ clean, noisy }) => ({ clean: networks.unpack(clean), noisy: networks.unpack(noisy) }));
    const size = ({ test }) => Math.sqrt(signals.variance(unpacked[test].clean)) || 1;

    return {
      names: ['times'],
      making: [],
      hasOwnNoise: false,
      FAR: 1,
      clean: (state) => Float64Array.from(state.samples ? state.samples.map((sample) => sample * size(state)) : unpacked[state.test].clean),
      noisy(state, clean) {
        const window = unpacked[state.test];
        return clean.map((sample, i) => sample + state.times * (window.noisy[i] - window.clean[i]));
      },
      size,
      limit: ({ test }) => unpacked[test].clean.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) || 1,
      level: ({ test, times }) => tests[test].level - 20 * Math.log10(Math.max(times, NO_NOISE)),
      // Networks see a recording divided by its spread, which grows with its noise.
      scaling({ test, times }) {
        const { scale, quiet } = tests[test];
        const spread = Math.sqrt(Math.max(quiet ** 2 + times ** 2 * (scale ** 2 - quiet ** 2), 0)) || 1;
        return [1 / spread, spread];
      },
      others: (noisy, state, filter) => (filter ? { savitzky_golay: { denoised: filter(noisy) } } : {}),
      beside: (errors, name) => db(errors.noisy, errors[name]),
      beyond: (gain) => (gain < 0 ? `but ${(-gain).toFixed(1)} dB farther from it than the noisy one` : `${gain.toFixed(1)} dB nearer than the noisy one`),
      even: 'as near as the noisy one',
      like: 'the window',
      foreign: 'This signal is yours: the networks have learned from the study’s recordings.',
    };
  }

  return { waves, windows };
})();
