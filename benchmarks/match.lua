-- For wrk: asks /v1/match with the bodies of the file $BODIES, one JSON object a line, round and round.
local bodies = {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
local turn = 0

request = function()
  turn = turn % #bodies + 1
  return wrk.format("POST", "/v1/match", { ["Content-Type"] = "application/json" }, bodies[turn])
end

-- Answers, microseconds, answers other than 2xx and 3xx, failures below HTTP, and percentiles in milliseconds.
done = function(summary, latency, _)
  local e = summary.errors
  io.write(string.format("\nsaid %d %d %d %d %.2f %.2f %.2f\n", summary.requests, summary.duration, e.status,
    e.connect + e.read + e.write + e.timeout, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000))
end
