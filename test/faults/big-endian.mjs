/** Preloaded: this process takes itself for one on a big-endian machine. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

os.endianness = () => 'BE';
syncBuiltinESMExports();
