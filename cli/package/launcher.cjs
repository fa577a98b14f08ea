#!/usr/bin/env node
// What `openclaw` starts in the packed command line. Any Node can read it (ES5, CommonJS): an old one gets a sentence.
if (parseInt(process.versions.node, 10) >= 20) {
  require('../lib/openclaw.cjs');
} else {
  process.stderr.write('openclaw needs Node 20 or later; this is Node ' + process.versions.node + '.\n');
  process.exitCode = 2;
}
