package videocall

const sqlLack = `UPDATE {t}.sessions SET lacks = @lacks, version = version + 1 WHERE id = @id`
