'use strict';

// Tables are sorted by the buttons that this script makes of their column headings.
(() => {
  const MISSING = '–';
  const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const NUMBER = /^([+−-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:×10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?/;
  const words = new Intl.Collator('en', { numeric: true });

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
    const [a, b] = [leadingNumber(one), leadingNumber(other)];
    if (a !== null && b !== null) return a - b || words.compare(one, other);
    return (a === null) - (b === null) || words.compare(one, other);
  }

  // What is missing comes last in either direction.
  function sortRows(table, column, direction) {
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.cells[column].textContent.trim() }));
    rows.sort((one, other) => {
      const missing = (one.text === MISSING) - (other.text === MISSING);
      return missing || direction * compare(one.text, other.text);
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
  }

  function makeSortable(table) {
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
        sortRows(table, column, ascending ? 1 : -1);
      });
      heading.append(button);
    });
  }

  document.querySelectorAll('main table:not(.live)').forEach(makeSortable);
})();
