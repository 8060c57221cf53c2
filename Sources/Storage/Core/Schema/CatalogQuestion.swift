/// What an engine is asked about its own tables; views, and tables of other schemas, are nobody's concern here.
public enum CatalogQuestion: Sendable {
    /// A row if there is a ledger of migrations.
    case ledger
    /// `kind, name, definition` of everything that is defined.
    case definitions
    /// `table_name, column_name` of what can be written, in order.
    case columns
    /// `table_name, target` for each table that refers to another.
    case references
    /// `table_name, column_name, sequence` of columns that the engine numbers by a counter of its own.
    case counters

    func text(for dialect: SQLDialect) -> String {
        switch (self, dialect) {
        case (.ledger, .sqlite):
            "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
        case (.ledger, .postgres):
            """
            SELECT 1 AS found FROM pg_class WHERE relname = 'schema_migrations'
                AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
            """
        case (.definitions, .sqlite):
            // As they were written: the engine keeps the text, and adds columns to it.
            """
            SELECT type AS kind, name, sql AS definition FROM sqlite_master
            WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name
            """
        case (.columns, .sqlite):
            """
            SELECT t.name AS table_name, c.name AS column_name
            FROM pragma_table_list t JOIN pragma_table_info(t.name) c
            WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_'
            ORDER BY t.name, c.cid
            """
        case (.references, .sqlite):
            """
            SELECT t.name AS table_name, r."table" AS target
            FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) r
            WHERE t.schema = 'main' AND t.type = 'table'
            """
        case (.counters, .sqlite):
            // Its counters follow the numbers that are inserted.
            "SELECT '' AS table_name, '' AS column_name, '' AS sequence WHERE 1 = 0"
        case (.definitions, .postgres):
            """
            SELECT kind, name,
                replace(replace(definition, quote_ident(current_schema()) || '.', ''), 'pg_temp.', '') AS definition
            FROM (
                SELECT 'column' AS kind, c.relname::text || '.' || a.attname::text AS name,
                    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                    || COALESCE(' COLLATE ' || l.collname::text, '')
                    || COALESCE(' IDENTITY ' || NULLIF(a.attidentity::text, ''), '')
                    || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS definition
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                LEFT JOIN pg_collation l ON l.oid = a.attcollation
                WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
                    AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
                UNION ALL
                SELECT 'index', i.relname::text, pg_get_indexdef(x.indexrelid)
                FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                WHERE i.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
                    AND i.relkind IN ('i', 'I')
                UNION ALL
                SELECT 'constraint', c.relname::text || '.' || k.conname::text, pg_get_constraintdef(k.oid)
                FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
            ) AS everything ORDER BY kind COLLATE "C", name COLLATE "C"
            """
        case (.columns, .postgres):
            """
            SELECT c.relname AS table_name, a.attname AS column_name
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
                AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            ORDER BY c.relname, a.attnum
            """
        case (.references, .postgres):
            """
            SELECT c.relname AS table_name, t.relname AS target
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND k.contype = 'f'
            """
        case (.counters, .postgres):
            """
            SELECT table_name, column_name, sequence FROM (
                SELECT c.relname AS table_name, a.attname AS column_name,
                    pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) AS sequence
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            ) AS columns WHERE sequence IS NOT NULL
            """
        }
    }
}
