import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const alias = { '@contract': resolve(import.meta.dirname, 'src-preload/contract') }

// Projects are named for what a test needs. A missing need is a visible skip, never a silent pass.
export default defineConfig({
  test: {
    pool: 'forks',
    // The long tests wait for engine processes, so two files at a time are right even on two cores.
    maxWorkers: 2,
    projects: [
      {
        plugins: [vue()],
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['src-main/**/*.test.ts', 'src-preload/**/*.test.ts', 'src-renderer/**/*.test.ts'],
          exclude: ['**/*.native.test.ts'],
          // Reports take their colours from the app's style sheet; vitest blanks style sheets unless told otherwise.
          css: { include: [/\/app\/tokens\.css/] }
        }
      },
      {
        resolve: { alias },
        test: { name: 'native', include: ['src-main/**/*.native.test.ts'], testTimeout: 60_000 }
      },
      {
        resolve: { alias },
        test: { name: 'architecture', include: ['tests/architecture/**/*.test.ts'] }
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000
        }
      },
      {
        resolve: { alias },
        test: {
          // Seeded attacks: a short form here, thousands of cases with `npm run test:torture` (tests/torture/effort.ts).
          name: 'torture',
          include: ['tests/torture/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000
        }
      },
      {
        resolve: { alias },
        test: {
          // One browser at a time: two of them measure each other's load.
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 }
        }
      },
      {
        resolve: { alias },
        // Figures of the built page with their goals: no part of `npm test`, whose machine may be busy.
        test: { name: 'performance', include: ['tests/performance/**/*.test.ts'], testTimeout: 120_000 }
      }
    ]
  }
})
