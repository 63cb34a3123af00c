/** @type {import('jest').Config} */
export default {
  testEnvironment: './test/environment.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  // Sources import './x.js' as Node wants it; the file is './x.ts'.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
      },
    ],
  },
  // One for each core: Node's own threads, ONNX Runtime's and anvil's share them well.
  maxWorkers: '100%',
  testSequencer: './test/SlowestFirst.js',
  reporters: ['default', './test/reporter.js'],
  // Long enough for a machine that is busy with other work: a test that needs this long hangs.
  testTimeout: 300_000,
}
