// The browsers of `make bench`: one worker, the flags of the journeys, a demo that cmd/bench has already started.
import journeys from '../playwright.config.ts'

const { globalSetup: _, ...base } = journeys
export default { ...base, testDir: '.', testMatch: '*.bench.ts', outputDir: '../test-results', timeout: 900_000 }
