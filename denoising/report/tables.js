'use strict';

// Tables are sorted by the buttons that this script makes of their column headings. Of a long table, a page has
// the first rows to be read without scripts, and all others packed: this script shows them a part at a time.
(() => {
  const MISSING = '–';
  const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const NUMBER = /^([+−-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:×10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?/;
  const words = new Intl.Collator('en', { numeric: true });
  const inWords = new Intl.NumberFormat('en');

  // The number that a cell begins with, such as 0.00261 of "0.00261 (4.1 dB)"; null where there is none.
  function leadingNumber(text) {
    const found = NUMBER.exec(text);
    if (!found) return null;
    const [, sign, whole, fraction = '', below, power = ''] = found;
    const exponent = [...power].map((digit) => SUPERSCRIPTS.indexOf(digit)).join('') || '0';
    const size = Number(`${whole.replaceAll(',', '')}${fraction}e${below ? '-' : ''}${exponent}`);
    return sign === '−' || sign === '-' ? -size : size;
  }

  // Numbers come before words.
  function compare(one, other) {
    const [a, b] = [one.number, other.number];
    if (a !== null && b !== null) return a - b || words.compare(one.text, other.text);
    return (a === null) - (b === null) || words.compare(one.text, other.text);
  }

  // What is missing comes last in either direction.
  function sorted(rows, column, direction) {
    const keys = rows.map((row) => {
      const text = row.cells[column].textContent.trim();
      return { row, text, number: leadingNumber(text) };
    });
    keys.sort((one, other) => {
      const missing = (one.text === MISSING) - (other.text === MISSING);
      return missing || direction * compare(one, other);
    });
    return keys.map(({ row }) => row);
  }

  // `sort` gets a column and a direction.
  function makeSortable(table, sort) {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.append(...heading.childNodes);
      button.addEventListener('click', () => {
        const ascending = heading.ariaSort !== 'ascending';
        headings.forEach((other) => other.removeAttribute('aria-sort'));
        heading.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
        sort(column, ascending ? 1 : -1);
      });
      heading.append(button);
    });
  }

  async function unpacked(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream).text();
  }

  // A long table: its rows are shown some at a time, with buttons for the others.
  async function makePaged(table, pager) {
    const body = table.tBodies[0];
    const size = body.rows.length;
    const rest = document.createElement('template');
    rest.innerHTML = await unpacked(pager.querySelector('script').textContent);
    let rows = [...body.rows, ...rest.content.children];
    const last = Math.ceil(rows.length / size);
    let page = 1;

    const range = pager.querySelector('.range');
    range.setAttribute('role', 'status');
    const label = document.createElement('label');
    const chosen = document.createElement('input');
    Object.assign(chosen, { type: 'number', min: 1, max: last, value: 1 });
    label.append('Page ', chosen, ` of ${inWords.format(last)}`);
    chosen.addEventListener('change', () => show(Math.round(chosen.valueAsNumber) || page));

    // Buttons that lead nowhere keep the focus, as no disabled ones would.
    const button = (name, to) => {
      const made = document.createElement('button');
      Object.assign(made, { type: 'button', textContent: name });
      made.addEventListener('click', () => show(to()));
      return { made, to };
    };
    const buttons = [
      button('First', () => 1),
      button('Previous', () => page - 1),
      button('Next', () => page + 1),
      button('Last', () => last),
    ];

    function show(number) {
      page = Math.min(Math.max(number, 1), last);
      const start = (page - 1) * size;
      const shown = rows.slice(start, start + size);
      body.replaceChildren(...shown);
      range.textContent = `Rows ${inWords.format(start + 1)}–${inWords.format(start + shown.length)}`;
      chosen.value = page;
      buttons.forEach(({ made, to }) => {
        const there = Math.min(Math.max(to(), 1), last);
        made.setAttribute('aria-disabled', String(there === page));
      });
    }

    // A link leads to a row, wherever it is.
    function follow() {
      const name = decodeURIComponent(window.location.hash.slice(1));
      const index = name ? rows.findIndex((row) => row.id === name) : -1;
      if (index < 0 || rows[index].isConnected) return;
      show(Math.floor(index / size) + 1);
      window.location.replace(window.location.hash); // so that the row is the target of the address
    }

    makeSortable(table, (column, direction) => {
      rows = sorted(rows, column, direction);
      show(1);
    });
    pager.append(...buttons.slice(0, 2).map(({ made }) => made), label, ...buttons.slice(2).map(({ made }) => made));
    show(1);
    follow();
    window.addEventListener('hashchange', follow);
  }

  document.querySelectorAll('main table:not(.live)').forEach((table) => {
    const before = table.parentElement.previousElementSibling;
    if (before?.matches('.pager')) {
      makePaged(table, before);
      return;
    }
    const body = table.tBodies[0];
    makeSortable(table, (column, direction) => body.append(...sorted([...body.rows], column, direction)));
  });
})();
