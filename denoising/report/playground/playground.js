'use strict';

// The playground: a signal, its noise and every denoiser, live.
(() => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element('playground-data').textContent);
  const { length, family, tests, start, epochs } = data;
  const WAVES = ['f1', 'f2', 'alpha'];
  const MOST_DB = 40; // of the bars in the table
  const PAUSE = 150; // milliseconds after a change until it is told and kept

  // The denoisers

  const linear = denoisers.linear({
    mean: networks.unpack(data.linear.mean),
    directions: networks.unpack(data.linear.directions),
    variances: Array.from(networks.unpack(data.linear.variances)),
  });
  const exact = denoisers.posterior(family, length);
  const levels = [...new Set(data.networks.map(({ alpha }) => alpha))].sort((a, b) => a - b);
  const nearest = (values, wanted) =>
    values.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
  const made = new Map(); // networks by their numbers, as they are asked for

  // A network as it was after an epoch, or after the last one before that of which the page has the weights.
  function trained(own, epoch) {
    const early = epoch < own.epochs - 1 ? own.milestones.filter((one) => one.epoch <= epoch).at(-1) : undefined;
    const numbers = (early ?? own).numbers;
    if (!made.has(numbers)) {
      made.set(numbers, early ? networks.network(own, networks.unpackHalves(numbers)) : networks.network(own));
    }
    return made.get(numbers);
  }

  // What each denoiser makes of a noisy signal, by the name of its row. Networks see it at the size that they were
  // trained with; those that were trained at many noise levels, as it is.
  function denoise(noisy, { alpha, epoch }, level) {
    const gain = 1 / (1 - alpha);
    const s = alpha * gain;
    const rescaled = noisy.map((sample) => sample * gain);
    const sized = rescaled.map((sample) => sample * (1 - level));
    const found = {};
    for (const own of data.networks.filter((one) => one.alpha === level)) {
      found[own.name] = trained(own, epoch ?? own.epochs - 1)(own.blind ? noisy : sized);
    }
    if (data.filters.length) {
      const at = nearest(data.filters.map((one) => one.alpha), alpha);
      const { window, order } = data.filters.find((one) => one.alpha === at);
      found.savitzky_golay = { denoised: denoisers.savitzkyGolay(window, order)(rescaled) };
    }
    found.linear_mmse = { denoised: linear(rescaled, s) };
    found.bayes = { denoised: exact(rescaled, s) };
    return found;
  }

  // What is shown: two waves or samples of the user's, the noise of a test signal or of a seed, and how to look

  document.querySelectorAll('.play .scripted').forEach((hidden) => { hidden.hidden = false; });
  element('play-link').hidden = location.protocol === 'about:'; // a page in a frame has no address of its own
  const first = { ...start, noise: 1, level: null, view: 'signal', epoch: null, samples: null };
  let state = { ...first };
  const rows = [...document.querySelectorAll('.denoisers tbody tr')];
  const box = (row) => row.querySelector('input');
  const shown = () => rows.filter((row) => box(row).checked).map((row) => row.dataset.name);
  const level = () => state.level ?? nearest(levels, state.alpha);
  const cleanSignal = () => state.samples ?? signals.waves(state.f1, state.f2, family, length);
  const isTest = () => state.test !== null && !state.samples && WAVES.every((name) => state[name] === tests[state.test][name]);

  function noise() {
    const test = tests[state.test];
    if (!test) return signals.noise(state.noise, length);
    const clean = signals.waves(test.f1, test.f2, family, length);
    return Float64Array.from(networks.unpack(test.noisy), (sample, i) => (sample - (1 - test.alpha) * clean[i]) / test.alpha);
  }

  function draw() {
    const [added, clean, at] = [noise(), cleanSignal(), level()];
    const noisy = clean.map((sample, i) => (1 - state.alpha) * sample + state.alpha * added[i]);
    const found = denoise(noisy, state, at);
    const errors = Object.fromEntries(Object.entries(found).map(([name, own]) => [name, signals.distance(own.denoised, clean)]));
    showPicture(views.drawn({ view: state.view, shown: shown(), clean, noisy, found, family, limit: start.limit }));
    showErrors(errors);
    showControls();
    later(() => {
      const names = data.networks.filter((one) => one.alpha === at).map(({ name }) => name);
      const blind = data.networks.every((one) => one.blind);
      const told = views.sentences({ state, level: at, names, clean, found, errors, blind });
      element('play-told').textContent = told.join(' ');
      remember();
    });
  }

  function showPicture({ lines, limits: [low, high], across }) {
    for (const line of element('play-lines').children) {
      const own = lines[line.dataset.name];
      if (own) line.setAttribute('d', views.path(own, length - 1));
      else line.removeAttribute('d');
    }
    for (const name of document.querySelectorAll('.play .key li')) name.hidden = !lines[name.dataset.name];
    element('play-lines').setAttribute('viewBox', `0 ${-high} ${length - 1} ${high - low}`);
    [...element('play-ticks').children].forEach((tick, i, { length: n }) => {
      tick.textContent = String(Number((high - ((i + 0.5) / n) * (high - low)).toPrecision(2))).replace('-', '−');
    });
    element('play-across').textContent = across;
  }

  function showErrors(errors) {
    for (const row of rows) {
      const error = errors[row.dataset.name];
      const above = state.samples ? NaN : 10 * Math.log10(error / errors.bayes);
      const distance = row.querySelector('.above');
      row.querySelector('.mse').textContent = error === undefined ? '–' : views.short(error);
      distance.textContent = Number.isFinite(above) ? views.signed(above) : '–';
      distance.style.setProperty('--share', Math.min(Math.max(above / MOST_DB, 0), 1) || 0);
    }
  }

  function showControls() {
    for (const name of WAVES) {
      element(`play-${name}`).value = state[name];
      element(`play-${name}-value`).textContent = state[name].toFixed(2);
    }
    if (epochs.length) {
      const epoch = state.epoch ?? epochs.at(-1);
      element('play-epoch').value = epochs.indexOf(epoch);
      element('play-epoch').setAttribute('aria-valuetext', `after epoch ${epoch}`);
      element('play-epoch-value').textContent = epoch;
    }
    element('play-test').value = isTest() ? state.test : '';
    element('play-level').value = state.level ?? '';
    if (!state.samples && !pen.isDown()) element('play-file-told').textContent = '';
    document.querySelectorAll('[data-view]').forEach((button) => {
      button.setAttribute('aria-pressed', String(button.dataset.view === state.view));
    });
  }

  // Once, a moment after the last change, so that a slider that moves is not held up.
  let due = 0;
  function later(work) {
    clearTimeout(due);
    due = setTimeout(work, PAUSE);
  }

  // The state in the page's address, so that it can be passed on

  const READ = { f1: Number, f2: Number, alpha: Number, noise: Number, test: Number, level: Number, epoch: Number, view: String };

  function address() {
    const told = new URLSearchParams();
    for (const name of Object.keys(READ)) {
      if (state[name] !== null) told.set(name, state[name]);
    }
    if (state.samples) told.set('samples', signals.pack(state.samples));
    for (const name of shown().length ? shown() : ['']) told.append('show', name);
    return `#play?${told}`;
  }

  let touched = false;
  function remember(keep = 'replaceState') {
    try {
      if (touched) history[keep](null, '', address());
    } catch {
      // A page in a frame has no address of its own.
    }
  }

  // What an address asks for; what it leaves out is as in the beginning.
  function asked(given) {
    const found = { ...first, test: null };
    for (const [name, read] of Object.entries(READ)) {
      const value = given.has(name) && given.get(name) !== '' ? read(given.get(name)) : NaN;
      if (!Object.is(value, NaN)) found[name] = value;
    }
    if (!levels.includes(found.level)) found.level = null;
    if (!views.NAMES.includes(found.view)) found.view = first.view;
    if (!epochs.includes(found.epoch)) found.epoch = null;
    if (!['noise', 'test', 'samples'].some((name) => given.has(name))) {
      const at = found.level ?? (given.has('alpha') ? found.alpha : start.alpha);
      const own = tests.flatMap(({ alpha }, i) => (alpha === at ? i : []));
      found.test = own[Math.floor(own.length / 2)] ?? start.test;
    }
    if (!tests[found.test]) found.test = null;
    for (const name of WAVES) {
      if (found.test !== null && !given.has(name)) found[name] = tests[found.test][name];
      const { min, max } = element(`play-${name}`);
      found[name] = Math.min(Math.max(found[name], Number(min)), Number(max));
    }
    if (given.has('samples')) found.samples = signals.unpack(given.get('samples'), length);
    return found;
  }

  function follow(hash) {
    const [anchor, told] = hash.split('?');
    if (anchor !== '#play' || told === undefined) return false;
    const given = new URLSearchParams(told);
    for (const row of rows) {
      box(row).checked = given.has('show') ? given.getAll('show').includes(row.dataset.name) : box(row).defaultChecked;
    }
    state = asked(given);
    pen.stop();
    draw();
    return true;
  }

  function startAgain() {
    for (const row of rows) box(row).checked = box(row).defaultChecked;
    pen.stop();
    change({ ...first });
  }

  // What people do

  let waiting = false;
  function change(more) {
    state = { ...state, ...more };
    touched = true;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  }

  for (const name of WAVES) {
    element(`play-${name}`).addEventListener('input', ({ target }) =>
      change({ [name]: Number(target.value), ...(name === 'alpha' ? {} : { samples: null }) }));
  }
  element('play-epoch').addEventListener('input', ({ target }) => {
    const epoch = epochs[Number(target.value)];
    change({ epoch: epoch === epochs.at(-1) ? null : epoch });
  });
  element('play-noise').addEventListener('click', () =>
    change({ test: null, noise: state.test === null ? state.noise + 1 : state.noise }));
  element('play-level').addEventListener('change', ({ target }) =>
    change({ level: target.value === '' ? null : Number(target.value) }));
  element('play-test').addEventListener('change', ({ target }) => {
    if (target.value === '') return change({ test: null });
    const { f1, f2, alpha } = tests[target.value];
    change({ f1, f2, alpha, test: Number(target.value), samples: null });
  });
  rows.forEach((row) => box(row).addEventListener('change', () => change({})));
  document.querySelectorAll('[data-view]').forEach((button) => button.addEventListener('click', () => {
    if (button.dataset.view !== 'signal') pen.stop();
    change({ view: button.dataset.view });
  }));
  element('play-again').addEventListener('click', startAgain);
  element('play-link').addEventListener('click', async ({ target }) => {
    try {
      await navigator.clipboard.writeText(location.href.split('#')[0] + address());
      target.textContent = 'Copied';
    } catch {
      target.textContent = 'Not allowed here: copy the address';
    }
    setTimeout(() => { target.textContent = 'Copy a link to this'; }, 2000);
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href^="#play?"]');
    if (!link || !follow(link.getAttribute('href'))) return;
    event.preventDefault();
    touched = true;
    remember('pushState');
    element('play').scrollIntoView();
  });
  addEventListener('popstate', () => {
    if (!follow(location.hash) && location.hash === '') startAgain();
  });

  const pen = bringing.pen({
    picture: element('play-lines'), plot: element('play-plot'), button: element('play-draw'), limit: start.limit,
    signal: cleanSignal,
    begun: () => {
      element('play-file-told').textContent = 'Draw in the picture, with the pointer or a finger.';
      change({ view: 'signal' });
    },
    drawn: (samples) => change({ samples }),
  });

  // A file of the user's

  async function take(files) {
    if (!files.length) return;
    pen.stop();
    const { samples, said } = await bringing.read(files[0], length);
    if (samples) change({ samples, view: 'signal' });
    requestAnimationFrame(() => {
      element('play-file-told').textContent = said + (files.length > 1 ? ` It is the first of ${files.length} files; the others are left out.` : '');
    });
  }
  element('play-file').addEventListener('change', async ({ target }) => {
    await take([...target.files]);
    target.value = '';
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });

  if (!follow(location.hash)) draw();
  else element('play').scrollIntoView();
})();
