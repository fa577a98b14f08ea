import { startVitest } from 'vitest/node';

/** Runs every test and closes with `N passed, N failed` alone on its line, as CI reads it. */
const vitest = await startVitest('test', process.argv.slice(2), { watch: false, run: true });
const modules = vitest.state.getTestModules();
const tests = modules.flatMap((module) => [...module.children.allTests()]);
const count = (state: string) => tests.filter((test) => test.result().state === state).length;
// A file that couldn't be loaded, or an error outside of any test, is a failure too.
const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
const outside = vitest.state.getUnhandledErrors().length;
await vitest.close();

const passed = count('passed');
const failed = count('failed') + brokenFiles + outside;
const skipped = tests.length - passed - count('failed');
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
