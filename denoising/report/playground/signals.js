'use strict';

// Signals of the playground: waves, noise, spectra, and those that people bring.
const signals = (() => {
  const CONSTANT = 1e-9; // spread, as a share of the largest sample, up to which a signal is constant
  const MOST = 8; // the largest sample in an address
  const STEPS = 1000; // that a unit has there

  // The clean signal of two frequencies (`denoising.signals.sinusoids`).
  const waves = (f1, f2, { factor, end }, length) =>
    Float64Array.from({ length }, (_, i) => {
      const x = (end * i) / length;
      return Math.sin(f1 * x) + Math.cos(factor * f2 * x);
    });

  // White noise, the same for the same seed: Mulberry32, and the method of Box and Muller.
  function noise(seed, length) {
    let state = seed;
    const uniform = () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    return Float64Array.from(
      { length },
      () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    );
  }

  // The power spectrum in dB, from frequency 0 to half a cycle a sample.
  function spectrum(signal) {
    const { length } = signal;
    return Array.from({ length: Math.floor(length / 2) + 1 }, (_, k) => {
      let [real, imaginary] = [0, 0];
      for (let i = 0; i < length; i += 1) {
        const turn = (2 * Math.PI * ((k * i) % length)) / length;
        real += signal[i] * Math.cos(turn);
        imaginary += signal[i] * Math.sin(turn);
      }
      return 10 * Math.log10((real * real + imaginary * imaginary) / length + 1e-6);
    });
  }

  const mean = (signal) => signal.reduce((sum, value) => sum + value, 0) / signal.length;
  const distance = (a, b) => mean(a.map((value, i) => (value - b[i]) ** 2)); // the mean squared error

  function variance(signal) {
    const middle = mean(signal);
    return mean(signal.map((value) => (value - middle) ** 2));
  }

  // A column of numbers in a text: the last one that is numeric in most lines, and how many lines have none there.
  // Where semicolons or tabs stand between columns, commas may be decimal.
  function column(text) {
    const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
    const isWide = lines.some((line) => /[;\t]/.test(line));
    const read = (field) => {
      const bare = field.trim().replace(/^"(.*)"$/, '$1').trim();
      return bare === '' ? NaN : Number(isWide ? bare.replace(',', '.') : bare);
    };
    const rows = lines.map((line) => line.trim().split(isWide ? /[;\t]/ : /,\s*|\s+/).map(read));
    const counts = [];
    for (const row of rows) row.forEach((value, i) => { counts[i] = (counts[i] ?? 0) + Number.isFinite(value); });
    const at = counts.findLastIndex((n) => n > rows.length / 2);
    const values = rows.map((row) => row[at]).filter(Number.isFinite);
    return { values, number: at + 1, leftOut: rows.length - values.length };
  }

  // The first samples of a signal, with the mean and the power that waves have; it is repeated if it is too short.
  // Null for a constant one.
  function fitted(samples, length) {
    const first = Float64Array.from({ length }, (_, i) => samples[i % samples.length]);
    const size = first.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const scaled = first.map((value) => value / size);
    const [middle, spread] = [mean(scaled), Math.sqrt(variance(scaled))];
    return spread > CONSTANT ? scaled.map((value) => (value - middle) / spread) : null;
  }

  // Samples as letters and digits, three each; and back.
  const clamped = (value) => Math.min(Math.max(value, -MOST), MOST);
  const pack = (samples) =>
    Array.from(samples, (value) => Math.round((clamped(value) + MOST) * STEPS).toString(36).padStart(3, '0')).join('');
  const unpack = (text, length) =>
    Float64Array.from({ length }, (_, i) => {
      const step = Number.parseInt(text.slice(3 * i, 3 * i + 3), 36);
      return clamped(step / STEPS - MOST) || 0;
    });

  return { column, distance, fitted, noise, pack, spectrum, unpack, variance, waves };
})();
