/**
 * What the window's shell remembers between two starts: where the window was and which workspaces were open. Losing it
 * costs nothing but comfort, so a damaged file counts as an absent one.
 */
import { readFileIfPresent, writeFile } from '../workspace/files'

/** In device-independent pixels, from the top left corner of the main display. */
export interface WindowBounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface ShellState {
  readonly bounds?: WindowBounds
  readonly isMaximized: boolean
  /** Workspace folders, absolute, the last one opened first. */
  readonly workspaces: readonly string[]
}

export interface ShellMemory {
  readonly state: ShellState
  /** Changes some of it; returns when the disk has it. A failure is dropped: the next start asks nobody to repair it. */
  remember(change: Partial<ShellState>): Promise<void>
}

/** Workspaces that the menu lists. */
const keptWorkspaces = 8

/** Opens the memory in the file `path`, which need not exist. */
export function openShellMemory(path: string): ShellMemory {
  let state = parse(readText(path))
  let written: Promise<unknown> = Promise.resolve()
  return {
    get state() {
      return state
    },
    remember(change) {
      state = { ...state, ...change }
      const bytes = new TextEncoder().encode(JSON.stringify(state, null, 2))
      // One after the other, so that the last change is the one that stays.
      written = written.then(() => writeFile(path, bytes)).catch(() => undefined)
      return written.then(() => undefined)
    }
  }
}

/** The list with `folder` in front. */
export function withWorkspace(workspaces: readonly string[], folder: string): readonly string[] {
  return [folder, ...workspaces.filter((each) => each !== folder)].slice(0, keptWorkspaces)
}

function readText(path: string): string | undefined {
  try {
    return readFileIfPresent(path)
  } catch {
    return undefined
  }
}

function parse(text: string | undefined): ShellState {
  const read = parsed(text)
  const { bounds, isMaximized, workspaces } = read
  return {
    ...(isBounds(bounds) ? { bounds } : {}),
    isMaximized: isMaximized === true,
    workspaces: Array.isArray(workspaces)
      ? workspaces.filter((each): each is string => typeof each === 'string').slice(0, keptWorkspaces)
      : []
  }
}

function parsed(text: string | undefined): Partial<Record<keyof ShellState, unknown>> {
  try {
    const read: unknown = text === undefined ? undefined : JSON.parse(text)
    return typeof read === 'object' && read !== null ? read : {}
  } catch {
    return {}
  }
}

function isBounds(value: unknown): value is WindowBounds {
  if (typeof value !== 'object' || value === null) return false
  const numbers = value as Record<keyof WindowBounds, unknown>
  return (['x', 'y', 'width', 'height'] as const).every((name) => Number.isFinite(numbers[name]))
}
