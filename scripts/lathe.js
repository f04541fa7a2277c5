#!/usr/bin/env node
// The command `lathe`: a file that is always there and always executable, in front of the one that the build makes.
import { existsSync } from 'node:fs'
import process from 'node:process'

const built = new URL('../out/main/cli.js', import.meta.url)

if (existsSync(built)) {
  await import(built.href)
} else {
  process.stderr.write("lathe: it has not been built yet; run 'npm run build' first. [not-found]\n")
  process.exitCode = 1
}
