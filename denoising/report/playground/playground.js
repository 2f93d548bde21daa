'use strict';

// The playground: a signal, its noise and every denoiser, live.
(() => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element('playground-data').textContent);
  const { length, tests, start, epochs } = data;
  const source = sources[data.kind](data);
  const levels = new Map(data.levels); // in words
  const MOST_DB = 40; // of the bars in the table
  const PAUSE = 150; // milliseconds after a change until it is told and kept

  // The denoisers

  const nearest = (items, distance) => items.reduce((best, item) => (distance(item) < distance(best) ? item : best));
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

  // What each denoiser makes of a noisy signal, by the name of its row.
  function denoise(noisy, state, level) {
    const found = {};
    for (const own of data.networks.filter((one) => one.level === level)) {
      const [before, after] = source.scaling(state, own);
      const { denoised, latent } = trained(own, state.epoch ?? own.epochs - 1)(noisy.map((sample) => sample * before));
      found[own.name] = { denoised: denoised.map((sample) => sample * after), latent };
    }
    const wanted = source.level(state);
    const filter = data.filters.length ? nearest(data.filters, (one) => Math.abs(one.level - wanted)) : null;
    return { ...found, ...source.others(noisy, state, filter && denoisers.savitzkyGolay(filter.window, filter.order)) };
  }

  // What is shown: a signal of the source or samples of the user's, its noise, and how to look

  document.querySelectorAll('.play .scripted').forEach((hidden) => { hidden.hidden = false; });
  element('play-link').hidden = location.protocol === 'about:'; // a page in a frame has no address of its own
  const first = { ...start, noise: source.hasOwnNoise ? 1 : null, level: null, view: 'signal', epoch: null, samples: null };
  let state = { ...first };
  const rows = [...document.querySelectorAll('.denoisers tbody tr')];
  const box = (row) => row.querySelector('input');
  const shown = () => rows.filter((row) => box(row).checked).map((row) => row.dataset.name);
  const level = () => state.level ?? nearest([...levels.keys()], (one) => Math.abs(one - source.level(state)));
  const madeAs = (test) => Object.fromEntries(source.names.filter((name) => name in test).map((name) => [name, test[name]]));
  const isTest = () =>
    state.test !== null && !state.samples && Object.entries(madeAs(tests[state.test])).every(([name, value]) => state[name] === value);

  function draw() {
    const [clean, at] = [source.clean(state), level()];
    const noisy = source.noisy(state, clean);
    const found = denoise(noisy, state, at);
    const errors = { noisy: signals.distance(noisy, clean) };
    for (const [name, own] of Object.entries(found)) errors[name] = signals.distance(own.denoised, clean);
    showPicture(views.drawn({ state, shown: shown(), clean, noisy, found, across: data.across, source }));
    showErrors(errors);
    showControls();
    later(() => {
      const own = data.networks.filter((one) => one.level === at);
      const told = views.sentences({ state, level: at, words: levels.get(at), networks: own, clean, found, errors, source });
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
      const ratio = source.beside(errors, row.dataset.name, state);
      const beside = row.querySelector('.beside');
      row.querySelector('.mse').textContent = error === undefined ? '–' : views.short(error);
      beside.textContent = Number.isFinite(ratio) ? views.signed(ratio) : '–';
      beside.style.setProperty('--share', Number.isFinite(ratio) ? Math.min(Math.max(ratio / MOST_DB, 0), 1) : 0);
    }
  }

  function showControls() {
    for (const name of source.names) {
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
    element('play-level').selectedIndex = [...levels.keys()].indexOf(state.level) + 1;
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

  const READ = {
    ...Object.fromEntries(source.names.map((name) => [name, Number])),
    noise: Number, test: Number, level: Number, epoch: Number, view: String,
  };

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
    if (!levels.has(found.level)) found.level = null;
    if (!document.querySelector(`[data-view='${CSS.escape(found.view)}']`)) found.view = first.view;
    if (!epochs.includes(found.epoch)) found.epoch = null;
    if (!['noise', 'test', 'samples'].some((name) => given.has(name))) {
      const at = found.level ?? source.level({ ...found, test: start.test });
      const own = tests.flatMap((test, i) => (source.level({ ...first, ...madeAs(test), test: i }) === at ? i : []));
      found.test = own[Math.floor(own.length / 2)] ?? start.test;
    }
    if (!tests[found.test]) found.test = source.hasOwnNoise ? null : start.test;
    for (const name of source.names) {
      if (found.test !== null && !given.has(name)) found[name] = tests[found.test][name] ?? first[name];
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

  for (const name of source.names) {
    element(`play-${name}`).addEventListener('input', ({ target }) =>
      change({ [name]: Number(target.value), ...(source.making.includes(name) ? { samples: null } : {}) }));
  }
  element('play-epoch').addEventListener('input', ({ target }) => {
    const epoch = epochs[Number(target.value)];
    change({ epoch: epoch === epochs.at(-1) ? null : epoch });
  });
  element('play-noise')?.addEventListener('click', () =>
    change({ test: null, noise: state.test === null ? state.noise + 1 : state.noise }));
  element('play-level').addEventListener('change', ({ target }) =>
    change({ level: target.value === '' ? null : Number(target.value) }));
  element('play-test').addEventListener('change', ({ target }) => {
    if (target.value === '') return change({ test: null });
    change({ ...madeAs(tests[target.value]), test: Number(target.value), samples: null });
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
    picture: element('play-lines'), plot: element('play-plot'), button: element('play-draw'),
    limit: () => source.limit(state), signal: () => source.clean(state),
    begun: () => {
      element('play-file-told').textContent = 'Draw in the picture, with the pointer or a finger.';
      change({ view: 'signal' });
    },
    drawn: (samples) => change({ samples: samples.map((sample) => sample / source.size(state)) }),
  });

  // A file of the user's

  async function take(files) {
    if (!files.length) return;
    pen.stop();
    const { samples, said } = await bringing.read(files[0], length, source.like);
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
