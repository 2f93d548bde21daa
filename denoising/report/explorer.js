'use strict';

// The report's charts: a signal as each denoiser leaves it, and the errors of all of them.
(() => {
  const INK = '#1f2328';
  const GRID = { stroke: '#e6e9ed', width: 1 };
  const HEIGHT = 280;
  const SVG = 'http://www.w3.org/2000/svg';
  const SWATCH = 36; // pixels
  const FONT = '12px sans-serif';
  const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element('explorer-data').textContent);
  const choose = Object.fromEntries(
    ['level', 'denoiser', 'seed', 'signal', 'log'].map((name) => [name, element(`choose-${name}`)]),
  );

  // Charts

  const charts = new Map();
  const short = (value) => String(Number(value.toPrecision(3)));

  function axis(label, more = {}) {
    const look = { stroke: INK, grid: GRID, ticks: GRID, font: FONT, labelFont: FONT, labelSize: 20, labelGap: 0 };
    return { label, size: 36, ...look, ...more };
  }

  // A chart in place of the one that was there, as wide as its element; `columns` is x, then a line each.
  function draw(id, { labels, columns, lines, margin, log = false, steps = undefined }) {
    const place = element(id);
    const readout = element(`${id}-readout`);
    charts.get(place)?.destroy();
    const values = (_, ticks) => ticks.map((tick) => (tick === null ? '' : short(tick)));
    const tell = (chart) => {
      const index = chart.cursor.idx;
      const told = chart.series.flatMap(({ label, show }, i) => {
        const value = index == null ? null : chart.data[i][index];
        return show && value != null ? `${label} ${short(value)}` : [];
      });
      readout.textContent = told.join(' · ');
    };
    const chart = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false },
        hooks: { setCursor: [tell] },
        scales: {
          x: { time: false, range: (_, low, high) => (low === high ? [low - margin, high + margin] : [low, high]) },
          y: log ? { distr: 3 } : {},
        },
        axes: [axis(labels[0], { incrs: steps }), axis(labels[1], { size: 60, values })],
        series: [{ label: labels[0] }, ...lines],
      },
      log ? [columns[0], ...columns.slice(1).map((column) => column.map((y) => (y > 0 ? y : null)))] : columns,
      place,
    );
    charts.set(place, chart);
  }

  // A piece of a line, with the dashes that it has in the chart.
  function swatch(colour, dash = []) {
    const drawing = document.createElementNS(SVG, 'svg');
    const line = document.createElementNS(SVG, 'line');
    const look = { x2: SWATCH, y1: 2, y2: 2, stroke: colour, 'stroke-width': 3, 'stroke-dasharray': dash.join(' ') };
    for (const [name, value] of Object.entries({ width: SWATCH, height: 4 })) drawing.setAttribute(name, value);
    for (const [name, value] of Object.entries(look)) line.setAttribute(name, value);
    drawing.setAttribute('aria-hidden', 'true');
    drawing.append(line);
    return drawing;
  }

  // Signals

  const chosenLevel = () => data.levels.find((level) => level.name === choose.level.value);
  const chosenDenoiser = () => data.denoisers.find((denoiser) => denoiser.name === choose.denoiser.value);

  function drawSignal() {
    const level = chosenLevel();
    const denoiser = chosenDenoiser();
    const isNetwork = denoiser.depth !== null;
    const seed = isNetwork ? Number(choose.seed.value) : null;
    const percentile = Number(choose.signal.value);
    const signal = level.signals.find((one) => one.percentile === percentile);
    const denoised = level.denoised.find(
      (one) => one.denoiser === denoiser.name && one.seed === seed && one.percentile === percentile,
    );
    const lines = [
      { label: 'noisy', stroke: data.colours.noisy, width: 1, samples: signal?.noisy },
      { label: 'clean', stroke: data.colours.clean, width: 1.5, samples: signal?.clean },
      { label: 'denoised', stroke: denoiser.colour, width: 2.5, samples: denoised?.samples },
    ].filter((line) => line.samples);
    const columns = lines.map(({ samples }) => samples.map((step) => (step === null ? null : step * data.unit)));
    draw('signal-chart', { labels: ['x', 'signal'], columns: [data.x, ...columns], lines, margin: 0.5 });
    element('signal-key').replaceChildren(
      ...lines.map(({ label, stroke }) => {
        const item = document.createElement('li');
        item.append(swatch(stroke), label === 'denoised' ? `denoised by ${denoiser.name}` : label);
        return item;
      }),
    );
    choose.seed.disabled = !isNetwork;
    const cell = data.cells.find(
      (one) => one.level === level.name && one.denoiser === denoiser.name && one.seed === seed,
    );
    const name = cell?.name ?? `${denoiser.name} at alpha ${level.name}`;
    element('signal-errors').textContent = `${name[0].toUpperCase()}${name.slice(1)}: ${denoised?.errors ?? 'nothing was measured'}.`;
    element('signal-cell').hidden = !cell;
    if (cell) element('signal-cell').href = `#${cell.anchor}`;
  }

  // Errors

  const boxes = data.lines.map((line) => {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = line.shown;
    box.addEventListener('change', drawErrors);
    label.append(box, swatch(line.colour, line.dash), line.name);
    element('choose-lines').append(label);
    return box;
  });

  function drawErrors() {
    const drawn = data.lines.map((line, i) => ({
      ...line, label: line.name, stroke: line.colour, width: 1.5 * line.width, show: boxes[i].checked,
    }));
    const log = choose.log.checked;
    draw('error-chart', {
      labels: ['noise level alpha', 'test MSE'],
      columns: [drawn[0].alphas, ...drawn.map((line) => line.mse)],
      lines: drawn,
      margin: 0.1,
      log,
    });
    const { epochs, validation } = chosenLevel().learning;
    const depths = drawn.filter((line) => line.name in validation);
    element('learning-level').textContent = choose.level.value;
    draw('learning-chart', {
      labels: ['epoch', 'validation MSE'],
      columns: [epochs, ...depths.map((line) => validation[line.name])],
      lines: depths.map((line) => ({ ...line, points: { show: epochs.length === 1 } })),
      margin: 0.5,
      log,
      steps: WHOLE,
    });
  }

  // Choices

  function offer(select, options) {
    select.replaceChildren(...options.map(([text, value]) => new Option(text, value)));
    select.parentElement.hidden = options.length < 2;
  }

  // Other levels may have fewer signals; the chosen one stays where it can.
  function offerSignals() {
    const before = choose.signal.value || '50';
    offer(choose.signal, chosenLevel().signals.map(({ name, percentile }) => [name, percentile]));
    choose.signal.value = before;
    if (choose.signal.selectedIndex < 0) choose.signal.selectedIndex = 0;
  }

  function drawAll() {
    offerSignals();
    drawSignal();
    drawErrors();
  }

  // The cell that the page's address names is chosen, if it is among the choices.
  function chooseLinked() {
    const row = document.querySelector(':target');
    const cell = data.cells.find((one) => one.anchor === row?.id);
    if (!cell) return;
    const axes = ['level', 'denoiser', 'seed'];
    const isOffered = (name) => [...choose[name].options].some(({ value }) => value === String(cell[name]));
    if (axes.every(isOffered)) {
      for (const name of axes) choose[name].value = cell[name];
      drawAll();
    }
    row.scrollIntoView({ block: 'center' });
  }

  for (const hidden of document.querySelectorAll('.explorer, .scripted')) hidden.hidden = false;
  offer(choose.level, data.levels.map(({ name }) => [name, name]));
  offer(choose.denoiser, data.denoisers.map(({ name }) => [name, name]));
  offer(choose.seed, data.seeds.map((seed) => [seed, seed]));
  choose.level.addEventListener('change', drawAll);
  for (const name of ['denoiser', 'seed', 'signal']) choose[name].addEventListener('change', drawSignal);
  choose.log.addEventListener('change', drawErrors);
  for (const event of ['load', 'hashchange']) addEventListener(event, chooseLinked);
  drawAll();

  const fit = new ResizeObserver((entries) => {
    for (const { target } of entries) charts.get(target).setSize({ width: target.clientWidth, height: HEIGHT });
  });
  document.querySelectorAll('.chart').forEach((place) => fit.observe(place));
})();
