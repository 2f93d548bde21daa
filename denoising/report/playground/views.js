'use strict';

// How the playground shows what it computed: the lines of a view, numbers and sentences.
const views = (() => {
  const FLAT = 0.02; // variance of an output, as a share of the clean signal's, below which it is a flat line
  const EQUAL = 0.05; // dB
  const ROOM = 2; // times the usual range that an axis may have
  const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

  // A quantity with three significant digits, as `denoising.figures.wording.number` writes it.
  function short(value) {
    if (value === 0) return '0';
    const text = value.toPrecision(3);
    if (Math.abs(value) >= 1e-4 && !text.includes('e')) return text;
    const [mantissa, exponent] = value.toExponential(2).split('e');
    return `${mantissa}×10${exponent.replace('+', '').replace(/[-\d]/g, (letter) => SUPERSCRIPTS[letter] ?? '⁻')}`;
  }

  const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} dB`;
  const listing = (names) => [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ');
  const largest = (lines) => Math.max(0, ...Object.values(lines).map((line) => Math.max(...line.map(Math.abs))));

  // The lines of a view by their names, the range of its upright axis, and what the other one is.
  function drawn({ state, shown, clean, noisy, found, across, source }) {
    const chosen = Object.entries(found).filter(([name]) => shown.includes(name));
    const each = (make) => Object.fromEntries(chosen.map(([name, own]) => [name, make(own.denoised)]));
    const [limit, size] = [source.limit(state), source.size(state)];
    const around = (lines, usual) => {
      const most = Math.min(Math.max(usual, largest(lines)), ROOM * usual);
      return [-most, most];
    };
    if (state.view === 'error') {
      const lines = each((denoised) => denoised.map((sample, i) => sample - clean[i]));
      return { lines, limits: around(lines, limit / 2), across: `${across}; the error is denoised − clean` };
    }
    if (state.view === 'removed') {
      const lines = each((denoised) => denoised.map((sample, i) => noisy[i] - sample));
      return { lines, limits: around(lines, limit / 2), across: `${across}; what was removed is noisy − denoised` };
    }
    if (state.view === 'spectrum') {
      const spectrum = (signal) => signals.spectrum(signal.map((sample) => sample / size));
      const lines = { noisy: spectrum(noisy), clean: spectrum(clean), ...each(spectrum) };
      return { lines, limits: [-50, 30], across: 'frequency, from 0 to half a cycle a sample; upright the power in dB' };
    }
    if (state.view === 'latent') {
      const lines = Object.fromEntries(chosen.filter(([, own]) => own.latent).map(([name, own]) => [name, own.latent]));
      const values = Object.values(lines).flatMap((line) => [...line]);
      const told = values.length
        ? 'the numbers in the bottleneck of each chosen network, one after another'
        : 'choose a network: other denoisers have no bottleneck';
      return { lines, limits: [Math.min(0, ...values), Math.max(0.1, ...values)], across: told };
    }
    const lines = { noisy, clean, ...each((denoised) => denoised) };
    const { noisy: _, ...seen } = lines; // noise may leave the picture
    return { lines, limits: around(seen, limit), across };
  }

  // What there is to say of what is seen.
  function sentences({ state, level, words, networks, clean, found, errors, source }) {
    if (errors.noisy === 0) return ['There is no noise, so there is nothing to remove.'];
    const names = networks.map(({ name }) => name);
    const best = names.reduce((a, b) => (errors[a] <= errors[b] ? a : b));
    const ratio = source.beside(errors, best, state);
    const flat = names.filter((name) => signals.variance(found[name].denoised) < FLAT * signals.variance(clean));
    const beside = Math.abs(ratio) < EQUAL ? source.even : source.beyond(ratio);
    const told = [`Of the networks trained at ${words}, ${best} is nearest to the clean signal${Number.isNaN(ratio) ? '' : `, ${beside}`}.`];
    if (flat.length) told.push(`A flat line, with nothing of the signal in it, is what comes out of ${listing(flat)}.`);
    if (state.epoch !== null) told.push(`This is how the networks were after epoch ${state.epoch}.`);
    if (state.samples) told.push(source.foreign);
    else if (!networks.every(({ blind }) => blind) && Math.abs(level - source.level(state)) > source.FAR) {
      told.push('The networks were trained for another noise level than this one.');
    }
    return told;
  }

  // A line as the path of an SVG that is `width` units wide.
  function path(line, width) {
    const scale = width / Math.max(line.length - 1, 1);
    return `M${Array.from(line, (value, i) => `${(i * scale).toFixed(1)} ${(-value).toPrecision(5)}`).join('L')}`;
  }

  return { drawn, path, sentences, short, signed };
})();
