// Draws the figures of dashboards/figures*.py; a click on a mark opens the cases behind it, or the address that it has.
'use strict';

const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };

for (const data of document.querySelectorAll('script[data-figure]')) {
  const place = document.getElementById(data.dataset.figure);
  if (!window.Plotly) {
    place.textContent = '图没有画出来，数字见下面的“数据”。';
    place.classList.add('chart--broken');
    continue;
  }
  const figure = JSON.parse(data.textContent);
  Plotly.newPlot(place, figure.data, figure.layout, config).then(() => {
    place.on('plotly_click', (event) => {
      const query = event.points[0].customdata;
      if (query !== undefined && query !== null) location.href = query.startsWith('/') ? query : `/cases?${query}`;
    });
    place.on('plotly_hover', (event) => { place.style.cursor = event.points[0].customdata ? 'pointer' : ''; });
    place.on('plotly_unhover', () => { place.style.cursor = ''; });
  });
}
