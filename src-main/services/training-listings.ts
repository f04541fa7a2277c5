import type { TrainingListing, TrainingRecord } from '@contract/training-record'
import type { Workspace } from '../workspace/workspace'
import { trainingListing } from './stored-trainings'

export interface TrainingListings {
  /**
   * The trainings of the workspace, the one that changed last first.
   *
   * - `show`    a whole record; asked for only where it has changed since it was last listed.
   * - `isLive`  whether a training runs, further than what is on the disk: it is never kept.
   */
  list(
    show: (trainingId: string) => TrainingRecord,
    isLive: (trainingId: string) => boolean
  ): TrainingListing[]
}

/** Keeps a few numbers of each record, whose curve is megabytes, for as long as its file has not been written again. */
export function createTrainingListings({ checkpoints }: Pick<Workspace, 'checkpoints'>): TrainingListings {
  let kept = new Map<string, TrainingListing>()
  return {
    list(show, isLive) {
      const listings = checkpoints.list().map(({ trainingId, changedAt }) => {
        const known = kept.get(trainingId)
        return known?.changedAt === changedAt && !isLive(trainingId)
          ? known
          : trainingListing(show(trainingId), changedAt)
      })
      kept = new Map(
        listings.filter(({ trainingId }) => !isLive(trainingId)).map((each) => [each.trainingId, each])
      )
      return listings.toSorted((a, b) => b.changedAt.localeCompare(a.changedAt))
    }
  }
}
