/** Preloaded: makes this process believe that its machine is big-endian. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

os.endianness = () => 'BE';
syncBuiltinESMExports();
