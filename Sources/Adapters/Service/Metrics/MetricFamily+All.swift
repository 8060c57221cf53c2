/// Everything that is counted, in the order in which it is told.
extension MetricFamily {
    public static let all: [MetricFamily] = [
        httpRequests, httpDuration, httpInFlight, httpBytes, httpErrors, httpRefusals, httpReplays, uploads,
        samplesAdded, signIns, messages, aiRequests, aiDuration, aiTokens, aiCost, analysis, jobDuration, jobs, jobWait,
        jobsSucceeded, jobsFailed, queuePaused,
        transactions, transactionWait, transactionRetries, storageOperations, storageBytes, partsWell, residentMemory,
        cpuTime, openFiles, mostOpenFiles, startTime, build,
    ]

    // Requests
    public static let httpRequests = MetricFamily(
        "waxwing_http_requests_total", .counter, by: ["method", "route", "status"],
        "Requests answered. A route is its pattern, `unmatched` for none.")
    public static let httpDuration = MetricFamily(
        "waxwing_http_request_duration_seconds", latencies, by: ["method", "route", "status"],
        "Time to the answer's head, by class of the status (`2xx`).")
    public static let httpInFlight = MetricFamily(
        "waxwing_http_requests_in_flight", .gauge, "Requests that have no answer yet.")
    public static let httpBytes = MetricFamily(
        "waxwing_http_answered_bytes_total", .counter, by: ["route"], "Bytes of the answers' bodies.")
    public static let httpErrors = MetricFamily(
        "waxwing_http_errors_total", .counter, by: ["code"], "Answers with an error, by its code in the envelope.")
    public static let httpRefusals = MetricFamily(
        "waxwing_http_refusals_total", .counter, by: ["reason"],
        "Connections and requests that the connection itself refused or broke off: `malformed`, `too_slow`, `silent`, `slow_reader`, `too_many_connections`, `tls` and others."
    )
    public static let httpReplays = MetricFamily(
        "waxwing_http_replays_total", .counter, "Answers given again to repeats of a request.")

    // What the service is there for
    public static let uploads = MetricFamily(
        "waxwing_uploads_total", .counter, by: ["outcome"],
        "Files that came in: `accepted`, or why not (`quota`, `too_large`, `unsupported`, …).")
    public static let samplesAdded = MetricFamily(
        "waxwing_samples_added_total", .counter, "Samples that came into a library.")
    public static let signIns = MetricFamily(
        "waxwing_sign_ins_total", .counter, by: ["way", "outcome"],
        "People who signed in by `password`, in a `browser`, or by `openid`: `ok`, or why not.")
    public static let messages = MetricFamily(
        "waxwing_messages_total", .counter, by: ["channel", "outcome"],
        "Attempts to send a `mail` or a `webhook`: `sent`, `passing` (tried again), `refused`.")
    public static let aiRequests = MetricFamily(
        "waxwing_ai_requests_total", .counter, by: ["backend", "outcome"],
        "Questions to a language model (`anthropic`, `chat_completions`): `ok`, `useless` (not what was asked for), `unavailable`, `rate_limited`, `timeout`, `refused`, `malformed`, `cancelled`."
    )
    public static let aiDuration = MetricFamily(
        "waxwing_ai_request_duration_seconds", runs, by: ["backend", "outcome"],
        "Time from a question to its answer, further tries included.")
    public static let aiTokens = MetricFamily(
        "waxwing_ai_tokens_total", .counter, by: ["backend", "outcome", "direction"],
        "Tokens of questions (`in`) and answers (`out`), as they are counted for accounts.")
    public static let aiCost = MetricFamily(
        "waxwing_ai_cost_dollars_total", .counter, by: ["backend", "outcome"],
        "What these tokens cost by the prices of the plan file, in US dollars.")
    public static let analysis = MetricFamily(
        "waxwing_analysis_duration_seconds", runs, by: ["task", "outcome"],
        "Time to decode one file and to `analyze`, `draw`, `level` or `convert` it: `ok`, `rejected` (the file is at fault), `crashed`, `overloaded`, `cancelled`."
    )

    // Work in the background
    public static let jobDuration = MetricFamily(
        "waxwing_job_duration_seconds", runs, by: ["kind", "outcome"],
        "Time of one attempt at a job: `ok`, `passing`, `final`, `crash`, `cancelled`, `error`.")
    public static let jobs = MetricFamily(
        "waxwing_jobs", .gauge, by: ["queue", "state"], "Jobs that are not over, and dead ones, by queue.")
    public static let jobWait = MetricFamily(
        "waxwing_jobs_longest_wait_seconds", .gauge, by: ["queue"], "How long the oldest ready job has been waiting.")
    public static let jobsSucceeded = MetricFamily(
        "waxwing_jobs_succeeded_5m", .gauge, by: ["queue"], "Attempts that ended well in the last five minutes.")
    public static let jobsFailed = MetricFamily(
        "waxwing_jobs_failed_5m", .gauge, by: ["queue"], "Attempts that failed or were lost in the last five minutes.")
    public static let queuePaused = MetricFamily(
        "waxwing_queue_paused", .gauge, by: ["queue"], "1 while the queue is paused.")

    // Backends
    public static let transactions = MetricFamily(
        "waxwing_database_transaction_duration_seconds", latencies, by: ["kind", "outcome"],
        "Time of a transaction (`read`, `write`) with its waits and retries: `ok`, `busy`, `unavailable`, `failed` (what it does threw)."
    )
    public static let transactionWait = MetricFamily(
        "waxwing_database_wait_seconds", latencies, by: ["kind"],
        "Time until a transaction began: for a connection, or for the one that writes.")
    public static let transactionRetries = MetricFamily(
        "waxwing_database_retries_total", .counter, by: ["kind"],
        "Transactions that were run again, as others were near.")
    public static let storageOperations = MetricFamily(
        "waxwing_storage_operation_duration_seconds", latencies, by: ["operation", "outcome"],
        "Time of an operation on the objects; a `put` lasts as long as its bytes come in.")
    public static let storageBytes = MetricFamily(
        "waxwing_storage_bytes_total", .counter, by: ["direction"],
        "Bytes of objects that were put (`in`) or asked for (`out`).")
    public static let partsWell = MetricFamily(
        "waxwing_up", .gauge, by: ["part"], "1 while the part (`database`, `storage`) answers.")

    // The process
    public static let residentMemory = MetricFamily(
        "process_resident_memory_bytes", .gauge, "Resident memory of the process.")
    public static let cpuTime = MetricFamily(
        "process_cpu_seconds_total", .counter, "Time that the process spent on processors.")
    public static let openFiles = MetricFamily("process_open_fds", .gauge, "Files, sockets and pipes that are open.")
    public static let mostOpenFiles = MetricFamily("process_max_fds", .gauge, "How many may be open.")
    public static let startTime = MetricFamily(
        "process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.")
    public static let build = MetricFamily(
        "waxwing_build_info", .gauge, by: ["version"], "1, with the program's version.")
}
