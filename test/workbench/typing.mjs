// Measures what a user feels while typing: the time from each key to the paint that shows it, and the tasks of the page that were too long.

/** A burst of keys, then the pause in which a run begins; the next burst comes while it works. */
const burst = 'and so on ';
const keyMs = 75;
const pauseMs = 500;

/** Notes each key's time to paint in the editor's window, from the event's own time stamp. */
function watchKeys() {
  /** @type {number[]} */
  const times = [];
  Reflect.set(window, 'keyToPaint', times);
  const channel = new MessageChannel();
  /** @type {number[]} */
  let waiting = [];
  // A message that is posted in an animation frame arrives after the paint.
  channel.port1.onmessage = () => {
    for (const pressed of waiting) times.push(performance.now() - pressed);
    waiting = [];
  };
  const pressed = (event) => {
    if (event.key.length !== 1) return;
    requestAnimationFrame(() => {
      waiting.push(event.timeStamp);
      channel.port2.postMessage(null);
    });
  };
  window.addEventListener('keydown', pressed, { capture: true });
}

/** Notes the long tasks that this document itself caused. */
function watchTasks() {
  /** @type {number[]} */
  const tasks = [];
  Reflect.set(window, 'ownLongTasks', tasks);
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'self') tasks.push(Math.round(duration));
  }).observe({ type: 'longtask' });
}

export async function startWatching(window) {
  await window.page.evaluate(watchKeys);
}

export async function watchPanel(panel) {
  await panel.locator('body').evaluate(watchTasks);
}

/** @returns {Promise<number[]>} ms of each task over 50 ms that the panel's own document caused since it is watched */
export function panelTasks(panel) {
  return panel.locator('body').evaluate(() => Reflect.get(window, 'ownLongTasks'));
}

/** Types the bursts at a steady pace, without waiting for the editor. @returns {Promise<number[]>} ms from key to paint */
export async function typed({ page }, bursts) {
  const before = await page.evaluate(() => Reflect.get(window, 'keyToPaint').length);
  const presses = [];
  for (let at = 0; at < bursts; at++) {
    for (const key of burst) {
      presses.push(page.keyboard.press(key === ' ' ? 'Space' : key));
      await new Promise((resolve) => setTimeout(resolve, keyMs));
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await Promise.all(presses);
  await page.waitForTimeout(300);
  return (await page.evaluate(() => Reflect.get(window, 'keyToPaint'))).slice(before);
}

/** The value below which this share of the times lies. */
export function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Median, 95th percentile and longest, in ms. */
export const figures = (times) => [quantile(times, 0.5), quantile(times, 0.95), Math.max(...times)];

/** For each of the figures, the median over the rounds. */
export const medians = (rounds) =>
  [0, 1, 2].map((at) =>
    quantile(
      rounds.map((round) => round[at]),
      0.5,
    ),
  );
