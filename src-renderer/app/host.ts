import { inject, type InjectionKey } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { Api } from '../api/client'

/** The way to the host, provided by the entry; stores and views take it from here so that tests can give their own. */
export const hostKey: InjectionKey<Api> = Symbol('host')

/** @throws WorkbenchError `internal` outside the workbench, where there is no host. */
export function useHost(): Api {
  const host = inject(hostKey, undefined)
  if (host === undefined) throw new WorkbenchError('internal', 'This part of the page needs a host.')
  return host
}
