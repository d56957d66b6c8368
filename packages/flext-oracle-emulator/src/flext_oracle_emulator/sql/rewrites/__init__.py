"""Rewrites of Oracle's own constructs into joins and limits: small, pure steps on the tree, each with its before and
after.
"""
