'use strict';

// A signal is drawn by hand: where the pointer goes while it is pressed, the signal goes too.
const drawing = (() => {
  // A pen that a button takes up and puts down; so does Escape.
  //
  // picture: the SVG element, whose view box spans the samples; plot: the element around it.
  // limit: the largest sample. signal: returns what there is to draw on.
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
      return { at: Math.round(share * (length - 1)), value: Math.min(Math.max(value, -limit), limit) };
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

  return { pen };
})();
