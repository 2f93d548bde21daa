'use strict';

// Signals that people bring: drawn by hand, or in a file.
const bringing = (() => {
  // A pen that a button takes up and puts down; Escape puts it down too. Where the pointer goes while it is pressed,
  // the signal goes too.
  //
  // picture: the SVG element, whose view box spans the samples; plot: the element around it.
  // limit: returns the largest sample. signal: returns what there is to draw on.
  // begun: called when the pen is taken up. drawn: called with the new samples after each stroke.
  function pen({ picture, plot, button, limit, signal, begun, drawn }) {
    let last = null;
    const isDown = () => button.getAttribute('aria-pressed') === 'true';

    function set(down) {
      last = null;
      button.setAttribute('aria-pressed', String(down));
      button.textContent = down ? 'Stop drawing' : 'Draw a signal';
      plot.classList.toggle('drawing', down);
    }
    function stop() {
      if (isDown()) set(false);
    }

    function pointed({ clientX, clientY }, length) {
      const { left, top, width, height } = picture.getBoundingClientRect();
      const { y, height: span } = picture.viewBox.baseVal;
      const share = Math.min(Math.max((clientX - left) / width, 0), 1);
      const value = -(y + ((clientY - top) / height) * span);
      return { at: Math.round(share * (length - 1)), value: Math.min(Math.max(value, -limit()), limit()) };
    }

    function stroke(event) {
      const samples = Float64Array.from(signal());
      const next = pointed(event, samples.length);
      last ??= next;
      const steps = Math.abs(next.at - last.at);
      for (let i = 0; i <= steps; i += 1) {
        const share = steps ? i / steps : 1;
        samples[Math.round(last.at + share * (next.at - last.at))] = last.value + share * (next.value - last.value);
      }
      last = next;
      drawn(samples);
    }

    button.addEventListener('click', () => {
      if (isDown()) return stop();
      set(true);
      plot.scrollIntoView({ block: 'nearest' });
      begun();
    });
    addEventListener('keydown', ({ key }) => { if (key === 'Escape') stop(); });
    picture.addEventListener('pointerdown', (event) => {
      if (!isDown() || event.button !== 0) return;
      picture.setPointerCapture(event.pointerId);
      last = null;
      stroke(event);
    });
    picture.addEventListener('pointermove', (event) => { if (last) stroke(event); });
    for (const end of ['pointerup', 'pointercancel']) picture.addEventListener(end, () => { last = null; });
    return { isDown, stop };
  }

  // What a file holds: samples of mean 0 and variance 1, or null, and a sentence on it, which tells `like` what size
  // they are shown.
  async function read(file, length, like) {
    let text = '';
    try {
      text = await file.text();
    } catch {
      return { samples: null, said: `${file.name} cannot be read.` };
    }
    const { values, number, leftOut } = signals.column(text);
    if (values.length < 2) {
      return { samples: null, said: `${file.name} has no column of numbers. Give a text file with a number a line.` };
    }
    const samples = signals.fitted(values, length);
    if (!samples) return { samples, said: `${file.name} is constant: there is no signal in it.` };
    const part = values.length > length ? `the first ${length} of ${values.length} numbers` : `${values.length} numbers`;
    const gaps = leftOut ? `; lines without a number there: ${leftOut}` : '';
    return { samples, said: `${file.name}: ${part} of column ${number}, at the size of ${like}${gaps}.` };
  }

  return { pen, read };
})();
