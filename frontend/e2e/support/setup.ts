import { startDemo } from './demo.ts'

// SPORTELLO_DEMO names the demo.json of a demo that already runs; else one is started for this run.
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env['SPORTELLO_DEMO']) return async () => {}
  const running = await startDemo()
  process.env['SPORTELLO_DEMO'] = running.file
  return running.stop
}
