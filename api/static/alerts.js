// Alerts as they happen: the number beside 预警, and a note on top of the page; and how many cases came to the desk since
// the page was made. Without this script the numbers are those of the page's own moment, and nothing else is missing.
'use strict';

const bell = document.querySelector('[data-alerts-after]');
const badge = document.querySelector('[data-open-alerts]');
const most = 3;
let after = bell ? bell.dataset.alertsAfter : '';
let source = null;

const show = (open) => {
  if (!badge) return;
  badge.textContent = open > 99 ? '99+' : String(open);
  badge.hidden = open === 0;
};

const tell = (alert) => {
  let region = document.querySelector('.toasts');
  if (!region) {
    region = document.createElement('div');
    region.className = 'toasts no-print';
    region.setAttribute('role', 'status');
    document.body.append(region);
  }
  const address = `/alerts/${alert.alert}`;
  for (const old of region.children) if (old.dataset.alert === String(alert.alert)) old.remove();
  while (region.children.length >= most) region.firstElementChild.remove();
  const toast = document.createElement('div');
  toast.className = `toast toast--${alert.severity}`;
  toast.dataset.alert = alert.alert;
  const word = document.createElement('strong');
  word.textContent = `${alert.label}预警`;
  const link = document.createElement('a');
  link.href = address;
  link.textContent = alert.title;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'toast__close';
  close.setAttribute('aria-label', '关闭提示');
  close.textContent = '×';
  close.addEventListener('click', () => toast.remove());
  toast.append(word, link, close);
  region.append(toast);
};

const showNew = (count) => {
  for (const mark of document.querySelectorAll('[data-new-cases]')) {
    mark.textContent = count > 99 ? '新99+' : `新${count}`;
    mark.title = `${count}件新工单`;
    mark.hidden = count === 0;
  }
  const fresh = document.querySelector('[data-fresh]');
  if (!fresh) return;
  fresh.querySelector('[data-fresh-link]').textContent = `${count > 99 ? '99件以上' : `${count}件`}新工单，点此显示`;
  fresh.hidden = count === 0;
};

const listen = () => {
  if (source || document.visibilityState !== 'visible') return;
  const seen = encodeURIComponent(bell.dataset.seen || '');
  source = new EventSource(`/alerts/stream?after=${encodeURIComponent(after)}&seen=${seen}`);
  source.addEventListener('new', (event) => showNew(Number(event.data)));
  source.addEventListener('alert', (event) => {
    after = event.lastEventId;
    const alert = JSON.parse(event.data);
    show(alert.open);
    if (alert.tell && location.pathname !== `/alerts/${alert.alert}`) tell(alert);
  });
};

// A hidden page gives its connection back: a browser opens only six to one address.
const pause = () => {
  if (source) source.close();
  source = null;
};

if (bell && 'EventSource' in window) {
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'visible' ? listen() : pause()));
  window.addEventListener('pagehide', pause);
  window.addEventListener('pageshow', listen);
  listen();
}
