// A long list of choices gets a field to search it in: a few characters leave the options that contain them.
'use strict';

for (const select of document.querySelectorAll('select[data-search]')) {
  const all = [...select.children].map((child) => child.cloneNode(true));
  const search = document.createElement('input');
  search.type = 'search';
  search.className = 'input input--search';
  search.placeholder = '输入几个字查找';
  search.setAttribute('aria-label', `查找${select.labels[0].firstChild.textContent}`);
  search.autocomplete = 'off';
  select.before(search);

  search.addEventListener('input', () => {
    const wanted = search.value.trim();
    const chosen = select.value;
    const fits = (option) => !wanted || option.value === chosen || option.textContent.includes(wanted);
    select.replaceChildren(...all.map((child) => {
      const copy = child.cloneNode(true);
      const options = copy.tagName === 'OPTION' ? [copy] : [...copy.children];
      for (const option of options) if (!fits(option)) option.remove();
      return copy.tagName === 'OPTGROUP' && !copy.children.length || !fits(copy) && copy.tagName === 'OPTION' ? null : copy;
    }).filter(Boolean));
    const first = [...select.options].find((option) => option.value && option.textContent.includes(wanted));
    select.value = wanted && first ? first.value : chosen;
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault(); // choose first, send later
  });
}
