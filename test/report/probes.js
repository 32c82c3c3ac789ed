/**
 * The tests' probes of the page, run in the browser: an object of functions that inspect and report.
 */
({
  layout() {
    const { scrollWidth, clientWidth } = document.documentElement;
    // An element in a box that scrolls may be wider than the page.
    const outside = [...document.querySelectorAll('body *')]
      .filter((element) => element.closest('.scroll, .unseen') === null)
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 80));
    const names = [...document.querySelectorAll('article h3')].map((heading) => heading.textContent);
    return {
      overflow: scrollWidth - clientWidth,
      outside,
      names,
      title: document.title,
      scripts: document.scripts.length,
    };
  },

  pictures() {
    return [...document.querySelectorAll('svg')].map((svg) => {
      const view = svg.viewBox.baseVal;
      const isOutside = (mark) => {
        const box = mark.getBBox();
        const isLeftOrAbove = box.x < view.x - 1 || box.y < view.y - 1;
        return isLeftOrAbove || box.x + box.width > view.width + 1 || box.y + box.height > view.height + 1;
      };
      const outside = [...svg.querySelectorAll('path, circle, text')].filter(isOutside);
      const scale = svg.getBoundingClientRect().width / view.width;
      const text = svg.querySelector('text');
      return {
        title: svg.querySelector('title').textContent,
        outside: outside.map((mark) => mark.outerHTML.slice(0, 80)),
        textPixels: Number.parseFloat(getComputedStyle(text).fontSize) * scale,
      };
    });
  },

  /** The least of each kind of element; the formulas are WCAG's: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio. */
  contrasts() {
    const parse = (text) => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, alpha];
    };
    const over = (top, below) => [...top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3])), 1];
    const backgroundOf = (element) => {
      if (element === null) return [255, 255, 255, 1];
      const own = parse(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, backgroundOf(element.parentElement));
    };
    const linear = (channel) =>
      channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
    const luminance = ([red, green, blue]) =>
      0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    const contrast = (a, b) => {
      const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (light + 0.05) / (dark + 0.05);
    };
    const text = {};
    for (const element of document.querySelectorAll('body *')) {
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === 3 && node.textContent.trim() !== '',
      );
      if (!hasText || element.closest('title, desc') !== null) continue;
      const style = getComputedStyle(element);
      const ink = parse(element instanceof SVGElement ? style.fill : style.color);
      const kind = `${element.tagName.toLowerCase()} ${element.getAttribute('class') ?? ''}`;
      text[kind] = Math.min(text[kind] ?? Infinity, contrast(ink, backgroundOf(element)));
    }
    const graphics = {};
    const marks = {
      'path.found': 'stroke',
      'path.theory': 'stroke',
      'path.axis': 'stroke',
      '.overview circle': 'fill',
    };
    for (const [selector, property] of Object.entries(marks)) {
      const element = document.querySelector(selector);
      graphics[selector] = contrast(parse(getComputedStyle(element)[property]), backgroundOf(element));
    }
    return { paper: getComputedStyle(document.body).backgroundColor, text, graphics };
  },

  target() {
    const target = document.querySelector(':target');
    const { top } = target.getBoundingClientRect();
    return { name: target.querySelector('h3').textContent, isSeen: top >= 0 && top < innerHeight };
  },
});
