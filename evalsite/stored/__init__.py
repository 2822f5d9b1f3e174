"""The files of the storage that rows name: which they are, whether each is what its row says, and how to make it again."""
