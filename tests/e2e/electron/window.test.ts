/**
 * The workbench in a real Electron window. Runs where Electron's binary and a display are; elsewhere it is skipped, and the
 * same page is tested over the web host, the shell on a module that plays Electron.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useSharedTemporaryFolder } from '../../helpers/shared-temporary-folder'
import { writeTinyStudy } from '../../helpers/tiny-study'
import { viewLink, viewNames, waitForView } from '../workbench-page'

const root = resolve(import.meta.dirname, '../../..')

/** As `scripts/start.js`: the package itself would try to download the binary when asked. */
function findElectron(): string | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const pathFile = join(folder, 'path.txt')
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist')
  const path = join(dist, existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron')
  return existsSync(path) ? path : undefined
}

const binary = findElectron()
const hasDisplay =
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
const canRun = binary !== undefined && hasDisplay

describe.skipIf(!canRun)("the window (needs Electron's binary and a display)", () => {
  const folder = useSharedTemporaryFolder()
  let app: ElectronApplication
  let page: Page
  const errors: string[] = []

  const launch = (...more: readonly string[]) =>
    _electron.launch({
      executablePath: binary!,
      args: [
        // A root user, as in a container, cannot have Chromium's own sandbox.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${join(folder(), 'user-data')}`,
        root,
        ...more
      ]
    })

  beforeAll(async () => {
    app = await launch()
    page = await app.firstWindow()
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.getByTitle(/^Workspace /).waitFor()
  })
  afterAll(async () => {
    await app.close()
    expect(errors).toEqual([])
  })

  it('shows the workbench from its own scheme', async () => {
    expect(new URL(page.url()).origin).toBe('app://lathe')
    for (const view of viewNames) {
      await viewLink(page, view).click()
      await waitForView(page, view)
    }
  })

  it('has no Node, and of the shell only the bridge', async () => {
    expect(await page.evaluate('[typeof require, typeof process, typeof module]')).toEqual([
      'undefined',
      'undefined',
      'undefined'
    ])
    expect(await page.evaluate('Object.keys(window.lathe).sort()')).toEqual([
      'call',
      'onEvent',
      'pathForFile',
      'platform',
      'version'
    ])
    expect(await page.evaluate('window.open("https://example.com")')).toBe(null)
    expect(app.windows()).toHaveLength(1)
  })

  it('computes in an engine process', async () => {
    const { model } = writeTinyStudy(join(folder(), 'study'))
    const address = JSON.stringify(`#/library?${new URLSearchParams({ open: model }).toString()}`)
    await page.evaluate(`window.location.hash = ${address}`)
    await page.getByText(model).first().waitFor()
    const engines = await app.evaluate(({ app: main }) =>
      main
        .getAppMetrics()
        .filter(({ type }) => type === 'Utility')
        .map(({ name }) => name)
    )
    expect(engines.length).toBeGreaterThan(0)
  })

  it('goes where the menu leads', async () => {
    await app.evaluate(({ Menu }) => {
      const go = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'Go' || label === '移動')
      go?.submenu?.items[6]?.click()
    })
    await waitForView(page, 'Jobs')
  })
})
