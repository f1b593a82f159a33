// The receipt and the progress page: copy, print. Buttons that need a script appear with it.
'use strict';

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const said = document.querySelector('[data-copied]');
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = '已复制，可以粘贴到备忘录或微信里保存。';
    } catch {
      // no permission, or a page without https: select it, so that a long press copies
      getSelection().selectAllChildren(document.getElementById('receipt'));
      said.textContent = '没能自动复制，已为您选中，请长按或按 Ctrl+C 复制。';
    }
  });
}
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
