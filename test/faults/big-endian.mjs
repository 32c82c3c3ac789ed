/** Preloaded: this process believes that its machine is big-endian. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

os.endianness = () => 'BE';
syncBuiltinESMExports();
