import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const unit = (name: string, root: string) => ({
  test: {
    name,
    root,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.engine.test.ts'],
    // As the limits below.
    expect: { poll: { timeout: 20_000 } },
  },
})

/** Every package, app and tool by the name of its folder: one that is added is tested without a line here. */
const folders = ['packages', 'apps', 'tools'].flatMap((parent) =>
  readdirSync(parent)
    .filter((name) => existsSync(`${parent}/${name}/src`))
    // What the whole-stack tests stand on is not the stack project itself.
    .map((name) => unit(name === 'stack' ? 'stack-tools' : name, `./${parent}/${name}`)),
)

export default defineConfig({
  test: {
    // A limit for what hangs, not a measure of speed: generous, since the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      ...folders,
      unit('bench', './bench'),
      unit('repository', './tests/repository'),
      unit('column', './tests/column'),
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
