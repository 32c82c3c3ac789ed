/** Preloaded: makes this process believe that it is another runtime, `VERSIONS={"node":"18.20.8"}`. */
const versions = { ...process.versions, ...JSON.parse(process.env.VERSIONS) };
Object.defineProperty(process, 'versions', { value: versions });
