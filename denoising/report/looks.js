'use strict';

// The plots of a channel: before and after it was denoised, what was removed, and the spectra of these.
(() => {
  const INK = '#1f2328';
  const GRID = { stroke: '#e6e9ed', width: 1 };
  const FONT = '12px sans-serif';
  const HEIGHTS = { 'signal-chart': 260, 'removed-chart': 200, 'spectrum-chart': 260 };
  const TIMED = ['signal-chart', 'removed-chart'];
  const MISSING = -32768;
  const LONG = 120; // seconds, from which on time is told in minutes
  const ROUND = [1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const STEPS = [-6, -5, -4, -3, -2, -1].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const FEWEST = 8; // points, the least that zooming by buttons leaves
  const element = (id) => document.getElementById(id);
  const { channels, lines } = JSON.parse(element('looks-data').textContent);
  const links = [...document.querySelectorAll('.looks tbody th a')];
  const charts = new Map();
  let channel = channels[0];

  // Numbers

  const short = (value) => String(Number(value.toPrecision(4)));
  const plain = (value) => String(Number(value.toPrecision(10)));

  function unpack({ zero, step, steps }) {
    const bytes = Uint8Array.from(atob(steps), (letter) => letter.charCodeAt(0));
    return Array.from(new Int16Array(bytes.buffer), (place) => (place === MISSING ? null : zero + step * place));
  }

  const duration = () => (channel.rate ? channel.n_samples / channel.rate : 0);

  // A time as it is told of the chosen channel, to so many digits below a second.
  function clock(time, digits) {
    if (duration() < LONG) return plain(time);
    const rest = Number(time.toFixed(digits));
    const two = (whole) => String(whole).padStart(2, '0');
    const minutes = Math.floor(rest / 60);
    const seconds = (rest % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, '0');
    if (duration() < 3600) return `${minutes}:${seconds}`;
    return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${seconds}`;
  }

  function timeLabel() {
    if (!channel.rate) return 'sample';
    if (duration() < LONG) return 'time (s)';
    return duration() < 3600 ? 'time (min:s)' : 'time (h:min:s)';
  }

  // Charts

  function axis(label, more = {}) {
    const look = { stroke: INK, grid: GRID, ticks: GRID, font: FONT, labelFont: FONT, labelSize: 20, labelGap: 0 };
    return { label, size: 36, ...look, ...more };
  }

  // A chart in place of the one that was there. `drawn` holds a line each: its name, its look, and its values or
  // the lowest and the highest of them.
  function draw(id, x, across, upright, drawn, more = {}) {
    const place = element(id);
    const readout = element(`${id}-readout`);
    const series = drawn.flatMap(({ name, values, look }) =>
      values.map(() => ({ label: name, ...look, width: values.length > 1 ? 1 : look.width })),
    );
    const bands = drawn.flatMap(({ values, look }, i) => {
      const first = 1 + drawn.slice(0, i).reduce((sum, line) => sum + line.values.length, 0);
      return values.length > 1 ? [{ series: [first + 1, first], fill: `${look.stroke}66` }] : [];
    });
    const tell = (chart) => {
      const at = chart.cursor.idx;
      const told = drawn.flatMap(({ name, values }) => {
        const known = values.map((column) => (at == null ? null : column[at])).filter((value) => value != null);
        return known.length ? `${name} ${[...new Set(known.map(short))].join(' to ')}` : [];
      });
      readout.textContent = told.length ? [across.tell(x[at]), ...told].join(' · ') : '';
    };
    const empty = !drawn.some(({ values }) => values[0].some((value) => value !== null));
    readout.textContent = empty ? across.nothing : '';
    const { cursor = {}, hooks = {} } = more;
    const { margin } = across;
    charts.set(
      place,
      new uPlot(
        {
          width: place.clientWidth,
          height: HEIGHTS[id],
          legend: { show: false },
          cursor: { y: false, ...cursor },
          hooks: { setCursor: empty ? [] : [tell], ...hooks },
          scales: {
            x: { time: false, range: (_, low, high) => (x.length < 2 ? [x[0] - margin, x[0] + margin] : [low, high]) },
          },
          axes: [
            axis(across.label, across.axis),
            axis(upright, { size: 58, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : plain(tick))) }),
          ],
          series: [{ label: across.label }, ...series],
          bands,
        },
        [x, ...drawn.flatMap(({ values }) => values)],
        place,
      ),
    );
  }

  function clear(ids) {
    for (const place of ids.map(element)) {
      charts.get(place)?.destroy();
      charts.delete(place);
    }
  }

  // What is drawn over time keeps to one time axis.
  function keepTogether(chart, scale) {
    if (scale !== 'x') return;
    const { min, max } = chart.scales.x;
    for (const other of TIMED.map((id) => charts.get(element(id)))) {
      if (other && other !== chart && (other.scales.x.min !== min || other.scales.x.max !== max)) {
        other.setScale('x', { min, max });
      }
    }
  }

  function drawView(view) {
    clear(TIMED);
    const columns = Object.fromEntries(Object.entries(view.lines).map(([name, packed]) => [name, packed.map(unpack)]));
    const rate = channel.rate ?? 1;
    const n = columns.before[0].length;
    const width = (view.stop - view.start) / n;
    const x = Array.from({ length: n }, (_, i) => (view.start + (i + 0.5) * width - 0.5) / rate);
    const digits = Math.max(0, Math.ceil(Math.log10(rate / width)));
    const values = (_, ticks, __, ___, step) => {
      const fine = step < 1 ? Math.ceil(-Math.log10(step) - 1e-9) : 0;
      return ticks.map((tick) => (channel.rate ? clock(tick, fine) : plain(tick)));
    };
    const across = {
      label: timeLabel(),
      margin: 0.5 / rate,
      nothing: 'There is nothing to show: all samples are missing.',
      tell: (time) => (channel.rate ? `at ${clock(Number(time.toFixed(digits)), digits)}${duration() < LONG ? ' s' : ''}` : `sample ${Math.round(time)}`),
      axis: { values, space: duration() < 3600 ? 48 : 64, ...(channel.rate ? { incrs: [...STEPS, ...ROUND] } : {}) },
    };
    const sync = { cursor: { sync: { key: 'time', scales: ['x', null] } }, hooks: { setScale: [keepTogether] } };
    const unit = channel.unit ? ` (${channel.unit})` : '';
    const line = (name) => ({ name, values: columns[name], look: { ...lines[name], dash: [] } });
    draw('signal-chart', x, across, `signal${unit}`, ['before', 'after'].map(line), sync);
    draw('removed-chart', x, across, `removed${unit}`, [line('removed')], sync);
    for (const button of element('views').children) {
      button.setAttribute('aria-pressed', button.textContent.toLowerCase() === view.name);
    }
  }

  function drawSpectra() {
    clear(['spectrum-chart']);
    const { spectra, rate, unit } = channel;
    if (!spectra) {
      element('spectrum-chart-readout').textContent = 'There is no spectrum: no stretch without gap has 8 samples.';
      return;
    }
    const drawn = Object.entries(lines).map(([name, look]) => ({ name, values: [unpack(spectra[name])], look }));
    const x = drawn[0].values[0].map((_, i) => (i + 1) * spectra.step);
    const unitOf = rate ? 'Hz' : 'cycles a sample';
    const across = {
      label: `frequency (${unitOf})`,
      margin: spectra.step / 2,
      axis: { space: 48 },
      nothing: 'There is no power to show: the signal is constant.',
      tell: (value) => `at ${short(value)} ${unitOf}`,
    };
    const reference = `${unit ? `${unit}²` : 1}${rate ? '/Hz' : ''}`;
    draw('spectrum-chart', x, across, `power density (dB re ${reference})`, drawn);
  }

  // The part of the time axis that is seen, times a factor, moved by a share of it.
  function move(factor, shift) {
    const chart = charts.get(element('signal-chart'));
    const [x] = chart.data;
    const [first, last] = [x[0], x[x.length - 1]];
    if (!(last > first)) return;
    const { min, max } = chart.scales.x;
    const least = Math.min(last - first, (FEWEST * (last - first)) / x.length);
    const span = Math.min(Math.max((max - min) * factor, least), last - first);
    const middle = (min + max) / 2 + shift * (max - min);
    const start = Math.min(Math.max(middle - span / 2, first), last - span);
    chart.setScale('x', { min: start, max: start + span });
  }

  // Choices

  const select = element('choose-channel');

  function choose(place) {
    channel = channels[place];
    select.value = place;
    element('name').textContent = `${channel.file}, ${channel.channel}:`;
    element('told').textContent = channel.told;
    element('row').href = `#look-${place + 1}`;
    for (const link of links) link.removeAttribute('aria-current');
    document.querySelector(`#look-${place + 1} a`).setAttribute('aria-current', 'true');
    for (const button of document.querySelectorAll('[data-step]')) {
      button.disabled = !channels[place + Number(button.dataset.step)];
    }
    element('views').replaceChildren(
      ...channel.views.map((view) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = `${view.name[0].toUpperCase()}${view.name.slice(1)}`;
        button.addEventListener('click', () => drawView(view));
        return button;
      }),
    );
    element('views').hidden = channel.views.length < 2;
    drawView(channel.views[0]);
    drawSpectra();
  }

  // The channel that the page's address names.
  function chooseLinked() {
    const place = Number(/^#look-(\d+)$/.exec(location.hash)?.[1]) - 1;
    if (channels[place]) choose(place);
  }

  for (const hidden of document.querySelectorAll('.plots, .scripted')) hidden.hidden = false;
  element('unscripted').hidden = true;
  select.append(...channels.map((one, place) => new Option(`${one.file}, ${one.channel}`, place)));
  for (const choice of document.querySelectorAll('.several')) choice.hidden = channels.length < 2;
  select.addEventListener('change', () => choose(Number(select.value)));
  for (const button of document.querySelectorAll('[data-step]')) {
    button.addEventListener('click', () => choose(Number(select.value) + Number(button.dataset.step)));
  }
  for (const button of document.querySelectorAll('[data-zoom], [data-shift]')) {
    const { zoom = 1, shift = 0 } = button.dataset;
    button.addEventListener('click', () => move(Number(zoom), Number(shift)));
  }
  for (const link of links) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      history.replaceState(null, '', link.hash);
      chooseLinked();
      element('plots').focus();
    });
  }
  addEventListener('hashchange', chooseLinked);
  choose(0);
  chooseLinked();

  const fit = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      charts.get(target)?.setSize({ width: target.clientWidth, height: HEIGHTS[target.id] });
    }
  });
  document.querySelectorAll('.chart').forEach((place) => fit.observe(place));
})();
