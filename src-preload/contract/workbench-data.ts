/** What the calls of the workbench answer with, where no other file of the contract describes it already. */
import type { Recipe } from './recipe'

/** The host around the page. */
export interface AppDescription {
  readonly version: string
  readonly host: 'electron' | 'web'
  /** Operating system, as Node names it. */
  readonly platform: string
  /** Absolute. */
  readonly workspaceFolder: string
  /** Folders that the page may choose files from; the first is where choosing begins. */
  readonly roots: readonly string[]
  /** How many threads the machine can run at once. */
  readonly threads: number
}

export interface FolderEntry {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly kind: 'folder' | 'file'
  /** Null for folders. */
  readonly sizeBytes: number | null
}

/** One folder of the host's disk, for choosing files. */
export interface FolderListing {
  /** Absolute, links followed. */
  readonly folder: string
  /** Null at a root. */
  readonly parent: string | null
  /** Folders first, then by name. */
  readonly entries: readonly FolderEntry[]
  /** True when the folder holds more entries than are listed. */
  readonly isCut: boolean
}

export interface DatasetSummary {
  readonly path: string
  readonly datasetHash: string
  /** Distinct recordings; several utterances may be parts of one. */
  readonly recordings: number
  readonly utterances: number
  readonly speakers: number
}

export interface StudySummary {
  readonly studyId: string
  readonly name: string
  readonly createdAt: string
  readonly trialCount: number
  readonly completedTrialCount: number
  /** Without a result: failed, or given up after killing its process twice. */
  readonly failedTrialCount: number
}

/** A recipe as it stands in a file. */
export interface RecipeFile {
  readonly text: string
  /** Absolute. */
  readonly folder: string
}

/** What a recipe would do, or where it is wrong. */
export type RecipeCheck =
  | {
      readonly isValid: true
      /** With its defaults filled in. */
      readonly recipe: Recipe
      /** In the order in which they would run. */
      readonly trialNames: readonly string[]
      /** Paths of the recipe, absolute, that lead to nothing. */
      readonly missingPaths: readonly string[]
    }
  | {
      readonly isValid: false
      readonly message: string
      /** The member at fault, such as `grids.0.methods`; empty when it is the text as a whole. */
      readonly place: string
    }
