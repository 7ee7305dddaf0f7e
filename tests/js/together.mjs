// All tests of the modules in one process: a process for each file takes three times as long.
//
// Each file is a suite. Its hooks are then its own: one that is set up at the top of a file would
// else be there for the tests of all files, which wait for ever where it puts the clock aside.

import { suite } from "node:test";

for (const file of process.argv.slice(2)) suite(file, () => import(file));
