import { defineConfig } from 'vitest/config'

const unit = (name: string, root: string) => ({
  test: {
    name,
    root,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.engine.test.ts'],
  },
})

export default defineConfig({
  test: {
    // A limit for what hangs, not a measure of speed: generous, since the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      unit('contracts', './packages/contracts'),
      unit('service', './packages/service'),
      unit('gateway', './apps/gateway'),
      unit('orchestrator', './apps/orchestrator'),
      unit('system', './apps/system'),
      unit('weather', './apps/weather'),
      unit('frontend', './apps/frontend'),
      unit('front', './tools/front'),
      unit('demo', './tools/demo'),
      unit('docs', './tools/docs'),
      unit('repository', './tests/repository'),
      {
        // The engine and the browser are one each: these run one file after another.
        test: {
          name: 'stack',
          include: ['tests/stack/**/*.test.ts', 'apps/**/*.engine.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
