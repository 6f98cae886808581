// Runs last: during all earlier tests, no page sent a request to another machine.
export const tests = {
  'no page asked anything of another machine': async (bench) => {
    await bench.closeWindows();
    bench.check.deepEqual(bench.foreign, []);
  },
};
