import { docker } from './project.ts'

/** What a container wrote: to the disk since its start, by the kernel's own count, and what its own layer holds (B). */
export async function diskUse(id: string): Promise<{ writtenBytes: number; layerBytes: number }> {
  const container = docker.getContainer(id)
  const { blkio_stats } = await container.stats({ stream: false })
  const counts = (blkio_stats?.io_service_bytes_recursive ?? []) as { op: string; value: number }[]
  // `size` is the engine's, and not in dockerode's types.
  const inspected = (await container.inspect({ size: true } as never)) as unknown as { SizeRw?: number }
  return {
    writtenBytes: counts.filter(({ op }) => /^write$/i.test(op)).reduce((sum, { value }) => sum + value, 0),
    layerBytes: inspected.SizeRw ?? 0,
  }
}
