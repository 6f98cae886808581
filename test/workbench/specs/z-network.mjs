// Runs last: in all that went before, no page asked anything of another machine.
export const tests = {
  'no page asked anything of another machine': async (bench) => {
    await bench.closeWindows();
    bench.check.deepEqual(bench.foreign, []);
  },
};
