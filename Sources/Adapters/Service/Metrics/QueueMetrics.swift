import Jobs

extension [QueueStatistics] {
    /// How the queues stand, for whoever collects metrics.
    var samples: [MetricSample] {
        flatMap { queue in
            let states = [
                ("dead", queue.dead), ("ready", queue.ready), ("retryable", queue.retryable),
                ("running", queue.running), ("scheduled", queue.scheduled),
            ]
            return states.map { MetricSample(.jobs, [queue.queue, $0], Double($1)) } + [
                MetricSample(.jobWait, [queue.queue], (queue.longestWait ?? .zero).inSeconds),
                MetricSample(.jobsSucceeded, [queue.queue], Double(queue.succeeded)),
                MetricSample(.jobsFailed, [queue.queue], Double(queue.failed)),
                MetricSample(.queuePaused, [queue.queue], queue.settings.isPaused ? 1 : 0),
            ]
        }
    }
}
