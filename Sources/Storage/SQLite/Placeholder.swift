import GRDB
import Storage
