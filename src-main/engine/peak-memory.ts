import process from 'node:process'
import { readFileIfPresent } from '../workspace/files'

/**
 * The highest resident memory this process has had, in bytes.
 *
 * On Linux from VmHWM, which starts anew with the program; `ru_maxrss`, used elsewhere, may carry over what the parent
 * held when it forked.
 */
export function peakResidentBytes(): number {
  const status = readFileIfPresent('/proc/self/status')
  const kibibytes = status === undefined ? undefined : /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return kibibytes === undefined ? process.resourceUsage().maxRSS * 1024 : Number(kibibytes) * 1024
}
