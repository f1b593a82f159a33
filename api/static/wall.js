// The wall screen keeps itself current; it goes grey when it no longer is. Without this script it shows its own moment.
'use strict';

const body = document.body;
const board = document.querySelector('[data-board]');
const asOf = document.querySelector('[data-as-of]');
const trouble = document.querySelector('[data-trouble]');
// Milliseconds without news after which the numbers are no longer called current.
const patience = 20000;
let source = null;
let heard = Date.now();

const judge = (stale, words) => {
  body.classList.toggle('wall--stale', stale);
  if (trouble.textContent !== words) trouble.textContent = words;
};

const listen = () => {
  if (source) source.close();
  source = new EventSource(body.dataset.stream);
  source.addEventListener('board', (event) => {
    const told = JSON.parse(event.data);
    heard = Date.now();
    board.innerHTML = told.html;
    asOf.textContent = told.asOf;
    judge(told.stale, told.stale ? '统计没有及时更新' : '');
  });
};

setInterval(() => {
  const gone = source && source.readyState === EventSource.CLOSED;
  if (Date.now() - heard > patience) judge(true, gone ? '连接已断，请重新登录' : '连接中断，正在重连');
  // a browser gives up for good after an answer that is no stream
  if (gone) listen();
}, 5000);

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') location.assign(body.dataset.leave);
});
window.addEventListener('pagehide', () => source && source.close());
window.addEventListener('pageshow', listen);
